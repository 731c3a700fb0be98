import { z } from '@hono/zod-openapi'
import { defineRoute, type Route } from '../route.ts'
import { amount, listOf } from '../schemas/values.ts'

const day = z.string().openapi({ description: 'A day, UTC, included.', example: '2026-11-01' })
const operator = { access: 'operator', room: 'routing' } as const

export const routingRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/routing/fees',
    summary: 'What every channel asks now, and what the rule would ask',
    answer: listOf(
      z.looseObject({ channelPoint: z.string(), peer: z.string() }).openapi('RoutingFees'),
      'RoutingFeesList',
    ),
    handle: async ({ node }) => ({ items: await node.routing.fees() }),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/routing/income',
    summary: 'What routing earned per day and channel; at most 366 days',
    query: z.strictObject({ from: day, to: day }),
    answer: z
      .looseObject({ count: z.number(), forwarded: amount, earned: amount })
      .openapi('RoutingIncome'),
    handle: ({ node, query }) => node.routing.income(query),
  }),
]
