import { z } from '@hono/zod-openapi'
import type { PageInput } from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { amount, pageOf, paging, time, why } from '../schemas/values.ts'

const mode = z.enum(['observe', 'recommend', 'act'])
const share = z.number().openapi({ description: 'ppm: 300000 is 30 %.', example: 243_000 })

const option = z
  .looseObject({
    lever: z.string().openapi({ example: 'swap' }),
    subject: z.string(),
    provider: z.string().nullable(),
    amount,
    cost: amount,
    worst: amount,
    ppm: z.number(),
  })
  .openapi('LiquidityOption')

const decision = z
  .looseObject({
    id: z.string(),
    mode,
    verdict: z.enum(['act', 'enough', 'wait', 'blocked']),
    reason: z.string().openapi({ example: 'inbound-low' }),
    says: z.string(),
    urgency: z.enum(['urgent', 'drain', 'low', 'none']),
    inboundShare: share,
    expectedShare: share,
    missing: amount,
    sendable: amount,
    receivable: amount,
    movable: amount,
    budgetLeft: amount,
    actions: z.array(option),
    rejected: z.array(option),
    times: z.number().openapi({ description: 'How often in a row it was decided.' }),
    decidedAt: time,
    lastAt: time,
  })
  .openapi('LiquidityDecision')

const status = z
  .looseObject({
    mode,
    isPaused: z.boolean(),
    pausedReason: z.string().nullable(),
    isRecovering: z.boolean(),
    blockedReason: z.string().nullable(),
    last: decision.nullable(),
  })
  .openapi('LiquidityStatus')

const pause = z
  .looseObject({ isPaused: z.boolean(), reason: z.string().nullable() })
  .openapi('LiquidityPause')

const operator = { access: 'operator', room: 'liquidity' } as const

export const liquidityRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/liquidity',
    summary: 'How the autopilot stands, with the decision in force',
    answer: status,
    handle: ({ node }) => node.liquidity.status(),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/liquidity/recommendation',
    summary: 'What the policy would do now, whatever the mode; asks providers, stores nothing',
    answer: decision,
    handle: ({ node }) => node.liquidity.recommend(),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/liquidity/decisions',
    summary: 'What the autopilot decided and why, newest first',
    query: z.strictObject(paging),
    answer: pageOf(decision, 'LiquidityDecisionPage'),
    handle: ({ node, query }) => node.liquidity.decisions(query as PageInput),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/liquidity/decisions/{decision}',
    summary: 'One decision: what it saw, what it took and what it rejected',
    parameters: z.object({ decision: z.string() }),
    answer: decision,
    handle: ({ node, parameters }) => node.liquidity.explain(parameters.decision),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/liquidity/pause',
    summary: 'Start nothing new for liquidity, in every process and across restarts',
    body: why,
    answer: pause,
    handle: ({ node, body }) => node.liquidity.pause(body.reason),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/liquidity/resume',
    summary: 'Let the autopilot work again',
    body: why,
    answer: pause,
    handle: ({ node, body }) => node.liquidity.resume(body.reason),
  }),
]
