import { z } from '@hono/zod-openapi'
import {
  type PayoutFilter,
  type PayoutInput,
  type PayoutOptions,
  type PayoutReason,
  payoutReasons,
  type RefundInput,
  type ResolveEvidence,
} from '@payment-node/core'
import { choosePartner, ownPayout, requireOperatorFor } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, duration, pageOf, paging, time } from '../schemas/values.ts'

const says = [
  'Why it waits or failed:',
  ...Object.entries(payoutReasons).map(([reason, meaning]) => `- \`${reason}\`: ${meaning}`),
].join('\n')

const payout = z
  .looseObject({
    id: z.string(),
    partner: z.string(),
    state: z.string().openapi({ example: 'sending' }),
    reason: z
      .enum(Object.keys(payoutReasons) as [PayoutReason, ...PayoutReason[]])
      .nullable()
      .openapi({ description: says }),
    purpose: z.string().openapi({ example: 'payout' }),
    invoice: z.string().nullable().openapi({ description: 'What a refund gives back.' }),
    destination: z.string(),
    destinationKind: z.string(),
    amount: amount.openapi({ description: 'What the payee gets.' }),
    feeLimit: amount.openapi({ description: 'The most that the fee may be; reserved.' }),
    feesPaidBy: z.enum(['partner', 'operator']),
    fee: amount.nullable().openapi({ description: 'What it cost; null until it succeeded.' }),
    paymentHash: z.string(),
    preimage: z.string().nullable().openapi({ description: 'Proof of payment.' }),
    attempt: z.record(z.string(), z.unknown()).nullable(),
    queue: z.record(z.string(), z.unknown()).nullable(),
    swap: z
      .string()
      .nullable()
      .openapi({ description: 'The swap whose claim pays it, or has paid it.' }),
    transaction: z.record(z.string(), z.unknown()).nullable(),
    idempotencyKey: z.string(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi('Payout')

const terms = {
  destination: z.string().openapi({
    description: 'BOLT11, Lightning address, LNURL-pay, on-chain address, BIP21 or BIP321.',
    example: 'shop@example.com',
  }),
  amount: z.string().optional().openapi({
    description: 'Text with its unit, or all.',
    example: '20000 sat',
  }),
  feeLimit: amount
    .optional()
    .openapi({ description: 'Off chain: the most that routing may cost.' }),
  quick: z
    .boolean()
    .optional()
    .openapi({ description: 'On chain: do not wait for a low feerate.' }),
  ceiling: z.number().optional().openapi({ description: 'On chain: sat/vB above which it waits.' }),
  deadline: duration.optional().openapi({
    description:
      'On chain: how long it waits for a low feerate; then it goes at up to the hard ceiling.',
  }),
} as const

const newPayout = z
  .strictObject({
    partner: z.string().optional().openapi({ description: "Left out: the key's own partner." }),
    ...terms,
  })
  .openapi('NewPayout')

const refund = z.strictObject({ ...terms, allowDebt: z.boolean().optional() }).openapi('NewRefund')

const verdict = z
  .strictObject({
    verdict: z.enum(['succeeded', 'failed']),
    evidence: z.strictObject({
      by: z.string(),
      note: z.string(),
      preimage: z.string().optional(),
      fee: amount.optional(),
      insist: z.boolean().optional(),
    }),
  })
  .openapi('Verdict')

/** Terms that cost whoever bears the fees. */
const dear = ['feeLimit', 'quick', 'deadline'] as const

const estimate = z
  .looseObject({
    destinationKind: z.string(),
    amount,
    fee: amount.nullable().openapi({ description: 'On chain: its price now.' }),
    worstFee: amount.openapi({ description: 'The most that it may cost.' }),
    when: z.enum(['now', 'queued']),
    says: z.string().nullable(),
  })
  .openapi('Estimate')

const evidence = z
  .looseObject({
    number: z.number().openapi({ description: '0: a verdict about an on-chain transaction.' }),
    state: z.string(),
    paymentHash: z.string().nullable().openapi({ description: 'null: on chain.' }),
    evidence: z.unknown(),
    updatedAt: time,
  })
  .openapi('AttemptEvidence')

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
    async handle({ node, caller, body, idempotencyKey, traceparent }) {
      const partner = choosePartner(caller, body.partner)
      if (caller.partner !== undefined && dear.some((name) => body[name] !== undefined)) {
        const { payout: own } = await node.partners.get(caller.partner)
        if (own.feesPaidBy === 'operator') requireOperatorFor(caller, body, dear)
      }
      return node.payouts.request(
        { ...body, partner } as PayoutInput,
        { idempotencyKey, traceparent } as PayoutOptions,
      )
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/payout-estimates',
    access: 'partner',
    room: 'payouts',
    summary: 'What a payout would cost, before it is asked for: stores nothing',
    body: newPayout,
    answer: estimate,
    handle({ node, caller, body }) {
      const partner = choosePartner(caller, body.partner)
      return node.payouts.estimate({ ...body, partner } as PayoutInput)
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
  defineRoute({
    method: 'get',
    path: '/v1/payouts/{payout}/evidence',
    access: 'operator',
    room: 'payouts',
    summary: 'What each try rests on, in LND’s words and those of an operator’s verdict',
    parameters,
    answer: z.object({ attempts: z.array(evidence) }),
    handle: async ({ node, parameters }) => ({
      attempts: await node.payouts.evidence(parameters.payout),
    }),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/payouts/{payout}/cancel',
    access: 'partner',
    room: 'payouts',
    summary: 'End a queued on-chain payout without paying; its reservation returns',
    parameters,
    answer: payout,
    async handle({ node, caller, parameters }) {
      const { id } = ownPayout(caller, await node.payouts.get(parameters.payout))
      return node.payouts.cancel(id)
    },
  }),
  defineRoute({
    method: 'post',
    path: '/v1/payouts/{payout}/release',
    access: 'operator',
    room: 'payouts',
    summary: 'Let a queued on-chain payout go now, below the hard ceiling',
    parameters,
    answer: payout,
    handle: ({ node, parameters }) => node.payouts.release(parameters.payout),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/payouts/{payout}/resolve',
    access: 'operator',
    room: 'payouts',
    summary: 'A verdict on a payout that LND does not end; refused against its own word',
    parameters,
    body: verdict,
    answer: payout,
    handle: ({ node, parameters, body }) =>
      node.payouts.resolve(parameters.payout, body.verdict, body.evidence as ResolveEvidence),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/invoices/{invoice}/refund',
    access: 'operator',
    room: 'payouts',
    summary: 'Pay a settled invoice back, never more than was received; its partner is debited',
    idempotency: 'required',
    parameters: z.object({ invoice: z.string() }),
    body: refund,
    status: 202,
    answer: payout,
    handle: ({ node, parameters, body, idempotencyKey, traceparent }) =>
      node.payouts.refund(
        { ...body, invoice: parameters.invoice } as RefundInput,
        { idempotencyKey, traceparent } as PayoutOptions,
      ),
  }),
  defineRoute({
    method: 'post',
    path: '/v1/automatic-payouts',
    access: 'operator',
    room: 'payouts',
    summary: 'Pay every partner whose balance goes out by itself now, rather than by the schedule',
    answer: z
      .looseObject({
        requested: z.array(payout),
        waiting: z.array(z.looseObject({ partner: z.string(), reason: z.string() })),
      })
      .openapi('AutomaticRun'),
    handle: ({ node }) => node.payouts.runAutomatic(),
  }),
  defineRoute({
    method: 'get',
    path: '/v1/fees',
    access: 'partner',
    room: 'payouts',
    summary: 'What the chain asks, and whether a payout would go now',
    answer: z
      .looseObject({ feerate: z.number(), source: z.string(), ceiling: z.number() })
      .openapi('Fees'),
    handle: ({ node }) => node.fees.status(),
  }),
]
