import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../route.ts'

const safety = z
  .looseObject({ isHalted: z.boolean(), reason: z.string().nullable() })
  .openapi('Safety')
const why = z.strictObject({ reason: z.string() }).openapi('Reason')

export const safetyRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/safety',
    access: 'operator',
    room: 'safety',
    summary: 'Whether outgoing money is halted, and why',
    answer: safety,
    handle: ({ node }) => node.safety.status(),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/safety/halt',
    access: 'operator',
    room: 'safety',
    summary: 'Stop outgoing money at once, in every process and across restarts',
    body: why,
    answer: safety,
    handle: ({ node, body }) => node.safety.halt(body.reason),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/safety/resume',
    access: 'operator',
    room: 'safety',
    summary: 'Let money out again',
    body: why,
    answer: safety,
    handle: ({ node, body }) => node.safety.resume(body.reason),
  }),
]
