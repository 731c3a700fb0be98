import { z } from '@hono/zod-openapi'
import type { DecisionFilter } from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { amount, moment, pageOf, paging, why } from '../schemas/values.ts'

const status = z
  .looseObject({
    mode: z.string(),
    isPaused: z.boolean(),
    pausedReason: z.string().nullable(),
    minimum: z.number(),
    active: z.number(),
    verdict: z.enum(['open', 'enough', 'wait', 'blocked']),
    reason: z.string(),
    says: z.string(),
    budget: z.looseObject({ limit: amount, used: amount, left: amount }),
  })
  .openapi('KeeperStatus')

const pause = z
  .looseObject({ isPaused: z.boolean(), reason: z.string().nullable() })
  .openapi('KeeperPause')

const decision = z.looseObject({ reason: z.string(), says: z.string() }).openapi('KeeperDecision')

const operator = { access: 'operator', room: 'keeper' } as const

export const keeperRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/keeper',
    summary: 'How many channels there are and are wanted, and what the keeper would do now',
    query: z.strictObject({
      limit: paging.limit.openapi({ description: 'So many peers of the list; default 100.' }),
    }),
    answer: status,
    handle: ({ node, query }) => node.keeper.status(query as { limit?: number }),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/keeper/decisions',
    summary: 'What the keeper decided and why, newest first',
    query: z.strictObject({ since: moment.optional(), ...paging }),
    answer: pageOf(decision, 'DecisionPage'),
    handle: ({ node, query }) => node.keeper.decisions(query as DecisionFilter),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/keeper/pause',
    summary: 'Open nothing new by itself, in every process and across restarts',
    body: why,
    answer: pause,
    handle: ({ node, body }) => node.keeper.pause(body.reason),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/keeper/resume',
    summary: 'Let the keeper work again',
    body: why,
    answer: pause,
    handle: ({ node, body }) => node.keeper.resume(body.reason),
  }),
]
