import { z } from '@hono/zod-openapi'
import type {
  CorrectionInput,
  CorrectionOptions,
  JournalInput,
  LedgerRange,
  OpeningBalance,
  StatementInput,
} from '@payment-node/core'
import { choosePartner } from '../caller.ts'
import { defineRoute, type Route } from '../route.ts'
import { amount, moment, pageOf, paging, time } from '../schemas/values.ts'

const balances = z
  .looseObject({
    partners: z.array(z.looseObject({ partner: z.string(), available: amount, reserved: amount })),
    operator: amount,
    owed: amount.openapi({ description: 'To all partners.' }),
    world: z.record(z.string(), amount),
    sum: amount.openapi({ description: 'Over all accounts: always zero.' }),
  })
  .openapi('Balances')

const line = z
  .looseObject({
    bookedAt: time,
    transaction: z.string(),
    kind: z.string(),
    subject: z.string(),
    gross: amount,
    fee: amount,
    amount,
    balance: amount.openapi({ description: 'What the partner is owed afterwards.' }),
    note: z.string().nullable(),
  })
  .openapi('StatementLine')

const statement = z
  .looseObject({
    partner: z.string(),
    opening: amount,
    closing: amount,
    items: z.array(line),
    cursor: z.string().optional(),
  })
  .openapi('Statement')

const range = {
  from: moment.optional().openapi({ description: 'Included; milliseconds since 1970.' }),
  to: moment.optional().openapi({ description: 'Not included; milliseconds since 1970.' }),
} as const

const correction = z
  .strictObject({
    partner: z.string(),
    amount: amount.openapi({ description: 'Negative: from the partner to the operator.' }),
    reason: z.string(),
    allowNegativeOperator: z.boolean().optional(),
  })
  .openapi('NewCorrection')

const openings = z
  .strictObject({
    balances: z.array(z.strictObject({ partner: z.string(), amount })),
    allowNegativeOperator: z.boolean().optional(),
  })
  .openapi('OpeningBalances')

const room = 'ledger'
const ofPartner = {
  access: 'partner',
  room,
  parameters: z.object({ partner: z.string() }),
} as const
const ofOperator = { access: 'operator', room } as const

export const ledgerRoutes: readonly Route[] = [
  defineRoute({
    ...ofOperator,
    method: 'get',
    path: '/v1/balances',
    summary: 'All balances from one snapshot of the books',
    answer: balances,
    handle: ({ node }) => node.ledger.balances(),
  }),
  defineRoute({
    ...ofPartner,
    method: 'get',
    path: '/v1/partners/{partner}/statement',
    summary: 'What the partner was owed and why, oldest first',
    query: z.strictObject({ ...range, ...paging }),
    answer: statement,
    handle: ({ node, caller, parameters, query }) =>
      node.ledger.statement(choosePartner(caller, parameters.partner), query as StatementInput),
  }),
  defineRoute({
    ...ofPartner,
    method: 'get',
    path: '/v1/partners/{partner}/statement.csv',
    summary: 'The same as CSV, amounts in sat with three decimals',
    query: z.strictObject(range),
    answer: { text: 'text/csv' },
    handle: async ({ node, caller, parameters, query }) => {
      const partner = choosePartner(caller, parameters.partner)
      return asCsv(await node.ledger.statementCsv(partner, query as LedgerRange))
    },
  }),
  defineRoute({
    ...ofOperator,
    method: 'get',
    path: '/v1/journal',
    summary: 'Every booking with its debits and credits, oldest first',
    query: z.strictObject({ ...range, ...paging }),
    answer: pageOf(z.looseObject({ bookedAt: time }).openapi('JournalEntry'), 'JournalPage'),
    handle: ({ node, query }) => node.ledger.journal(query as JournalInput),
  }),
  defineRoute({
    ...ofOperator,
    method: 'get',
    path: '/v1/journal.csv',
    summary: 'The same as CSV for accounting tools, a row per line',
    query: z.strictObject(range),
    answer: { text: 'text/csv' },
    handle: async ({ node, query }) => asCsv(await node.ledger.journalCsv(query as LedgerRange)),
  }),
  defineRoute({
    ...ofOperator,
    method: 'post',
    path: '/v1/corrections',
    summary: 'Move an amount between the operator and a partner, with a reason',
    idempotency: 'required',
    body: correction,
    status: 201,
    answer: z
      .looseObject({ transaction: z.string(), partner: z.string(), amount, reason: z.string() })
      .openapi('Correction'),
    handle({ node, body: { allowNegativeOperator, ...input }, idempotencyKey }) {
      const options = withKey(idempotencyKey, allowNegativeOperator)
      return node.ledger.correct(input as CorrectionInput, options)
    },
  }),
  defineRoute({
    ...ofOperator,
    method: 'post',
    path: '/v1/opening-balances',
    summary: 'Take over what the books before these owed to partners, once per partner',
    idempotency: 'required',
    body: openings,
    answer: z.looseObject({}).openapi('ImportedOpening'),
    handle({ node, body, idempotencyKey }) {
      const options = withKey(idempotencyKey, body.allowNegativeOperator)
      return node.ledger.importOpening(body.balances as readonly OpeningBalance[], options)
    },
  }),
  defineRoute({
    ...ofOperator,
    method: 'post',
    path: '/v1/proofs',
    summary: 'Does LND have what the books say?',
    answer: z.looseObject({ verdict: z.string(), at: time, difference: amount }).openapi('Proof'),
    handle: ({ node }) => node.ledger.prove(),
  }),
]

function withKey(
  idempotencyKey: string | undefined,
  allowNegativeOperator: boolean | undefined,
): CorrectionOptions {
  const allowance = allowNegativeOperator === undefined ? {} : { allowNegativeOperator }
  return { idempotencyKey, ...allowance } as CorrectionOptions
}

function asCsv(text: string): Response {
  return new Response(text, { headers: { 'Content-Type': 'text/csv; charset=utf-8' } })
}
