import { z } from '@hono/zod-openapi'
import type { DifferenceFilter } from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { pageOf, paging, why } from '../schemas/values.ts'

const safety = z
  .looseObject({ isHalted: z.boolean(), reason: z.string().nullable() })
  .openapi('Safety')

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
  defineRoute({
    method: 'get',
    path: '/v1/safety/differences',
    access: 'operator',
    room: 'safety',
    summary: 'What LND and the books tell differently, newest first',
    query: z.strictObject(paging),
    answer: pageOf(z.looseObject({ id: z.string() }).openapi('Difference'), 'DifferencePage'),
    handle: ({ node, query }) => node.safety.differences(query as DifferenceFilter),
  }),
]
