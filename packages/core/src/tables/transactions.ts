import { table } from './table.ts'

/**
 * An on-chain transaction that we make (money rule 6): funded, signed, stored, published, in that
 * order; once `raw` is stored, nothing else than these bytes is ever published for it.
 */
export const transactions = table({
  name: 'transactions',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** `payouts`, or `bump`: the child that speeds up `parent`. */
    purpose: { type: 'text' },
    state: { type: 'text' },
    /** Why it waits or ended, machine-readable. */
    reason: { type: 'text', nullable: true },
    /** 32 bytes, hex: LND holds the inputs under it. */
    lock_id: { type: 'text' },
    sat_per_kvb: { type: 'integer' },
    /** What it may cost at most. */
    fee_limit_msat: { type: 'msat' },
    /** The day whose budget it counts against; null: it needs none. */
    budget_period: { type: 'text', nullable: true },
    /** The chosen outpoints, `txid:index`: the same coins cannot pay twice. */
    inputs: { type: 'json' },
    psbt: { type: 'bytes', nullable: true },
    raw: { type: 'bytes', nullable: true },
    transaction_id: { type: 'text', nullable: true },
    change_index: { type: 'integer', nullable: true },
    change_msat: { type: 'msat', nullable: true },
    fee_msat: { type: 'msat', nullable: true },
    virtual_bytes: { type: 'integer', nullable: true },
    parent: { type: 'text', nullable: true },
    /** Block height at which it was intended: nothing about it is older. */
    since_height: { type: 'integer' },
    published_at: { type: 'time', nullable: true },
    published_height: { type: 'integer', nullable: true },
    confirmed_height: { type: 'integer', nullable: true },
    /** The height since which an input of it is in no block, and the network refuses it; null: they are there. */
    lost_height: { type: 'integer', nullable: true },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['id'],
  index: {
    state: ['node', 'state', 'created_at', 'id'],
    created: ['node', 'created_at', 'id'],
  },
})

/** Which of them has these bytes: by the chain's id, since a wallet may lose its labels. From signing on, for good. */
export const signedTransactions = table({
  name: 'signed_transactions',
  columns: {
    node: { type: 'text' },
    transaction_id: { type: 'text' },
    network: { type: 'text' },
    /** `transactions.id` */
    transaction: { type: 'text' },
  },
  key: ['node', 'transaction_id'],
})

/** Which payouts a transaction pays, and what it costs each of them. */
export const transactionOutputs = table({
  name: 'transaction_outputs',
  columns: {
    transaction: { type: 'text' },
    payout: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    address: { type: 'text' },
    amount_msat: { type: 'msat' },
    /** Why an operator decided about this payout himself; null: nobody had to. */
    evidence: { type: 'json', nullable: true },
  },
  key: ['node', 'transaction', 'payout'],
})

/** The feerate over time: what "low" means is told from it. */
export const feeObservations = table({
  name: 'fee_observations',
  columns: {
    node: { type: 'text' },
    /** Milliseconds since 1970, a whole number of ten minutes. */
    at: { type: 'time' },
    network: { type: 'text' },
    source: { type: 'text' },
    sat_per_kvb: { type: 'integer' },
  },
  key: ['node', 'at'],
})
