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
    /** Why somebody booked it by hand. */
    note: { type: 'text', nullable: true },
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

/**
 * What the counted postings of an account without a balance row sum up to; only the leader writes it. Every
 * posting is counted here or is in `uncounted_postings`, so that the order of their commits plays no part.
 */
export const accountCheckpoints = table({
  name: 'account_checkpoints',
  columns: {
    node: { type: 'text' },
    account: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
    /** Books of older releases have postings in neither: until all of those are counted, this is no sum to read. */
    is_complete: { type: 'boolean' },
    /** Up to which of the account's postings they are counted, by transaction and line. */
    counted_transaction: { type: 'text' },
    counted_line: { type: 'integer' },
  },
  key: ['node', 'account'],
})

/** Written with a posting to an account without a balance row; deleted in the change that counts it. */
export const uncountedPostings = table({
  name: 'uncounted_postings',
  columns: {
    node: { type: 'text' },
    account: { type: 'text' },
    transaction: { type: 'text' },
    line: { type: 'integer' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'account', 'transaction', 'line'],
})

/**
 * What changed what a partner is owed, by time: one row per transaction, over all of its accounts.
 * Reservations, their release and money that becomes available only move between them, and have none.
 */
export const statementEntries = table({
  name: 'statement_entries',
  columns: {
    node: { type: 'text' },
    partner: { type: 'text' },
    occurred_at: { type: 'time' },
    transaction: { type: 'text' },
    network: { type: 'text' },
    kind: { type: 'text' },
    subject: { type: 'text' },
    /** What a payer paid or a payee got (negative), before fees. */
    gross_msat: { type: 'msat' },
    /** What the partner is owed more (or less) since then. */
    amount_msat: { type: 'msat' },
    note: { type: 'text', nullable: true },
  },
  key: ['node', 'partner', 'occurred_at', 'transaction'],
})

/** What the proof of the books found, newest last. */
export const proofs = table({
  name: 'proofs',
  columns: {
    node: { type: 'text' },
    at: { type: 'time' },
    network: { type: 'text' },
    /** `proved`, `foreign` (value or payments beyond the books were booked to the operator), `short`. */
    result: { type: 'text' },
    details: { type: 'json' },
  },
  key: ['node', 'at'],
})
