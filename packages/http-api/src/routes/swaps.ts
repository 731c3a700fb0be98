import { z } from '@hono/zod-openapi'
import type {
  RaisedLimits,
  SwapFilter,
  SwapInput,
  SwapQuestion,
  SwapRequestOptions,
} from '@payment-node/core'
import { defineRoute, type Route } from '../route.ts'
import { amount, listOf, pageOf, paging, time, why } from '../schemas/values.ts'

const costs = z
  .looseObject({
    service: amount.nullable().openapi({ description: "With the lockup's miner fee." }),
    routing: amount.nullable(),
    claim: amount.nullable().openapi({ description: 'The miner fee of the claim.' }),
    prepay: amount.nullable(),
  })
  .openapi('SwapCosts')

const swap = z
  .looseObject({
    id: z.string(),
    request: z.string().openapi({ description: 'The first swap of the same request.' }),
    provider: z.string(),
    custody: z.enum(['self', 'delegated']),
    state: z.string().openapi({ example: 'held' }),
    reason: z.string().nullable().openapi({ description: 'Why it waits, or how it ended.' }),
    source: z.enum(['operator', 'autopilot']),
    amount: amount.openapi({ description: 'On Lightning, without routing.' }),
    onchain: amount.nullable().openapi({ description: 'Locked up on chain.' }),
    destination: z.string().nullable(),
    payout: z.string().nullable().openapi({ description: 'The payout that its claim pays.' }),
    restDestination: z
      .string()
      .nullable()
      .openapi({ description: "With a payout: the wallet's address for the rest." }),
    paymentHash: z.string(),
    timeoutHeight: z.number().nullable(),
    limits: costs,
    costs,
    createdAt: time,
    updatedAt: time,
    endedAt: time.nullable(),
  })
  .openapi('Swap')

const offer = z
  .looseObject({
    provider: z.string(),
    isAcceptable: z.boolean(),
    reason: z.string().nullable().openapi({ description: 'Why it is not.' }),
    price: z
      .looseObject({
        service: amount,
        claim: amount,
        routing: amount.openapi({ description: 'What routing will probably cost.' }),
        routingLimit: amount.openapi({ description: 'The most that routing may cost.' }),
        total: amount,
        ppm: z.number(),
        worst: amount,
        expiresAt: time,
      })
      .nullable(),
  })
  .openapi('SwapOffer')

const explanation = z
  .looseObject({
    swap,
    says: z.string(),
    rejected: z.array(z.looseObject({ provider: z.string(), reason: z.string().nullable() })),
    nextOffer: z
      .looseObject({ provider: z.string() })
      .nullable()
      .openapi({ description: 'When it came to nothing: the next one that was acceptable then.' }),
    claims: z.array(z.looseObject({ transactionId: z.string(), fee: amount })),
    blocksLeft: z.number().nullable(),
  })
  .openapi('SwapExplanation')

const health = z
  .looseObject({
    provider: z.string(),
    state: z.enum(['healthy', 'quarantined', 'disabled']),
    reason: z.string().nullable(),
    until: time.nullable(),
    completed: z.number(),
    failed: z.number(),
  })
  .openapi('SwapProvider')

const newSwap = z
  .strictObject({
    amount: amount.openapi({ description: "On Lightning; split above a provider's limit." }),
    destination: z
      .string()
      .optional()
      .openapi({ description: "The operator's own address; left out: LND's wallet." }),
    payout: z.string().optional().openapi({
      description:
        'A queued on-chain payout that the claim pays straight; the rest goes to the wallet.',
    }),
    urgency: z.enum(['low', 'normal', 'urgent']).optional(),
    outgoingChannels: z.array(z.string()).optional(),
    limits: z
      .strictObject({
        service: amount.optional(),
        routing: amount.optional(),
        claim: amount.optional(),
        prepay: amount.optional(),
        ppm: z.number().optional(),
      })
      .optional(),
    providers: z.array(z.string()).optional(),
  })
  .openapi('NewSwap')

const parameters = z.object({ swap: z.string() })
const operator = { access: 'operator', room: 'swaps' } as const

/** Fixed paths come before `{swap}`: the first that fits answers. */
export const swapRoutes: readonly Route[] = [
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/swaps/quote',
    summary: 'What every provider asks for an amount, all in, the cheapest acceptable one first',
    query: z.strictObject({ amount }),
    answer: listOf(offer, 'SwapOffers'),
    handle: async ({ node, query }) => ({ items: await node.swaps.quote(query as SwapQuestion) }),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/swaps/providers',
    summary: 'The providers of swaps and how they have done so far; asks nobody',
    answer: listOf(health, 'SwapProviders'),
    handle: async ({ node }) => ({ items: await node.swaps.providers() }),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/swaps/providers/{provider}/enable',
    summary: 'Ask a provider again that was disabled or is in quarantine',
    parameters: z.object({ provider: z.string() }),
    answer: health,
    handle: ({ node, parameters }) => node.swaps.enableProvider(parameters.provider),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/swaps',
    summary:
      'Swap Lightning money for on-chain money with the cheapest provider; in the background',
    idempotency: 'required',
    body: newSwap,
    status: 202,
    answer: listOf(swap, 'Swaps'),
    handle: async ({ node, body, idempotencyKey }) => ({
      items: await node.swaps.request(body as SwapInput, { idempotencyKey } as SwapRequestOptions),
    }),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/swaps',
    summary: 'Swaps, newest first',
    query: z.strictObject({ state: z.string().optional(), ...paging }),
    answer: pageOf(swap, 'SwapPage'),
    handle: ({ node, query }) => node.swaps.list(query as SwapFilter),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/swaps/{swap}',
    summary: 'One swap',
    parameters,
    answer: swap,
    handle: ({ node, parameters }) => node.swaps.get(parameters.swap),
  }),
  defineRoute({
    ...operator,
    method: 'get',
    path: '/v1/swaps/{swap}/explain',
    summary: 'Why a swap is where it is: price, offers that were not taken, claims',
    parameters,
    answer: explanation,
    handle: ({ node, parameters }) => node.swaps.explain(parameters.swap),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/swaps/{swap}/limits',
    summary: 'Let a swap under way cost more',
    parameters,
    body: z
      .strictObject({ routing: amount.optional(), claim: amount.optional() })
      .openapi('RaisedLimits'),
    answer: swap,
    handle: ({ node, parameters, body }) =>
      node.swaps.raiseLimits(parameters.swap, body as RaisedLimits),
  }),
  defineRoute({
    ...operator,
    method: 'post',
    path: '/v1/swaps/{swap}/give-up',
    summary: "End a daemon's swap that needs somebody, or one whose payment LND has forgotten",
    parameters,
    body: why,
    answer: swap,
    handle: ({ node, parameters, body }) => node.swaps.giveUp(parameters.swap, body.reason),
  }),
]
