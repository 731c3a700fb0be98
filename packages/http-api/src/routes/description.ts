import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../route.ts'

/** The description of all routes, this one included. */
export function descriptionRoute(describe: () => object): Route {
  let document: object | undefined
  return defineRoute({
    method: 'get',
    path: '/openapi.json',
    access: 'anyone',
    room: 'probes',
    summary: 'This description (OpenAPI 3.1)',
    answer: z.looseObject({ openapi: z.string() }).openapi('Description'),
    handle() {
      document ??= describe()
      return document
    },
  })
}
