import { z } from '@hono/zod-openapi'
import type { PayoutFilter, PayoutInput, PayoutOptions } from '@payment-node/core'
import { choosePartner, ownPayout, requireOperatorFor } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, pageOf, paging, time } from '../schemas/values.ts'

const payout = z
  .looseObject({
    id: z.string(),
    partner: z.string(),
    state: z.string().openapi({ example: 'sending' }),
    reason: z.string().nullable().openapi({ description: 'Why it waits or failed.' }),
    destination: z.string(),
    destinationKind: z.string(),
    amount: amount.openapi({ description: 'What the payee gets.' }),
    feeLimit: amount.openapi({ description: 'The most that the fee may be; reserved.' }),
    fee: amount.nullable().openapi({ description: 'What it cost; null until it succeeded.' }),
    paymentHash: z.string(),
    preimage: z.string().nullable().openapi({ description: 'Proof of payment.' }),
    attempt: z.record(z.string(), z.unknown()).nullable(),
    idempotencyKey: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Payout')

const newPayout = z
  .strictObject({
    partner: z.string().optional().openapi({ description: "Left out: the key's own partner." }),
    destination: z.string().openapi({ description: 'What is paid.', example: 'lnbcrt1…' }),
    amount: amount.optional(),
    feeLimit: amount.optional().openapi({ description: "Operator's keys only." }),
  })
  .openapi('NewPayout')

const parameters = z.object({ payout: z.string() })

export const payoutRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/v1/payouts',
    access: 'partner',
    room: 'payouts',
    summary: 'Pay a partner; the money is reserved at once and sent in the background',
    idempotency: 'required',
    body: newPayout,
    status: 202,
    answer: payout,
    handle({ node, caller, body, idempotencyKey }) {
      requireOperatorFor(caller, body, ['feeLimit'])
      const partner = choosePartner(caller, body.partner)
      return node.payouts.request(
        { ...body, partner } as PayoutInput,
        { idempotencyKey } as PayoutOptions,
      )
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/payouts',
    access: 'partner',
    room: 'payouts',
    summary: 'Payouts, newest first',
    query: z.strictObject({
      partner: z.string().optional(),
      state: z.string().optional(),
      ...paging,
    }),
    answer: pageOf(payout, 'PayoutPage'),
    handle({ node, caller, query }) {
      const partner = choosePartner(caller, query.partner)
      return node.payouts.list({ ...query, ...(partner && { partner }) } as PayoutFilter)
    },
  }),
  defineRoute({
    method: 'get',
    path: '/v1/payouts/{payout}',
    access: 'partner',
    room: 'payouts',
    summary: 'One payout',
    parameters,
    answer: payout,
    handle: async ({ node, caller, parameters }) =>
      ownPayout(caller, await node.payouts.get(parameters.payout)),
  }),
]
