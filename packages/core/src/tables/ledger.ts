import { table } from './table.ts'

/** One row per fact; the id names the fact, so that a fact is booked once. */
export const ledgerTransactions = table({
  name: 'ledger_transactions',
  columns: {
    node: { type: 'text' },
    id: { type: 'text' },
    network: { type: 'text' },
    kind: { type: 'text' },
    /** What it is about: `invoice/<id>`, `payout/<id>`. */
    subject: { type: 'text' },
    occurred_at: { type: 'time' },
  },
  key: ['node', 'id'],
  index: { occurred: ['node', 'occurred_at', 'id'], subject: ['node', 'subject', 'id'] },
})

/** The legs of a transaction; they sum to zero. Positive flows into the account. */
export const postings = table({
  name: 'postings',
  columns: {
    node: { type: 'text' },
    transaction: { type: 'text' },
    line: { type: 'integer' },
    network: { type: 'text' },
    account: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'transaction', 'line'],
  index: { account: ['node', 'account', 'transaction', 'line'] },
})

/** Kept only for guarded accounts (partners), which must never fall below zero. */
export const balances = table({
  name: 'balances',
  columns: {
    node: { type: 'text' },
    account: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'account'],
})
