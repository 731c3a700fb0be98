import { table } from './table.ts'

export const payouts = table({
  name: 'payouts',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    partner: { type: 'text' },
    state: { type: 'text' },
    /** Why it waits or how it ended, machine-readable. */
    reason: { type: 'text', nullable: true },
    destination: { type: 'text' },
    destination_kind: { type: 'text' },
    amount_msat: { type: 'msat' },
    fee_limit_msat: { type: 'msat' },
    fee_msat: { type: 'msat', nullable: true },
    payment_hash: { type: 'text' },
    /** Proof of payment. */
    preimage: { type: 'text', nullable: true },
    /** The day (UTC) whose cap it counts against. */
    cap_day: { type: 'text' },
    idempotency_key: { type: 'text' },
    request: { type: 'text' },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
    /** `payout` (also when null), `refund`, `automatic`. */
    purpose: { type: 'text', nullable: true },
    /** The invoice that a refund gives back. */
    invoice: { type: 'text', nullable: true },
    /** `partner` (also when null) or `operator`. */
    fees_paid_by: { type: 'text', nullable: true },
    /** Part of the reservation that the partner owes since its balance did not cover it. */
    debt_msat: { type: 'msat', nullable: true },
    /** On chain: do not wait for a low feerate. */
    is_quick: { type: 'boolean', nullable: true },
    /** On chain: sat per 1000 vB above which it waits; the operator's own ceiling holds as well. */
    ceiling_sat_per_kvb: { type: 'integer', nullable: true },
    /** Until then it waits for a low feerate; afterwards only the hard ceiling holds. */
    deadline: { type: 'time', nullable: true },
    /** The operator lets it go now, whatever the feerate below the hard ceiling. */
    is_released: { type: 'boolean', nullable: true },
    /** The on-chain transaction that carries it: `transactions.id`. */
    transaction: { type: 'text', nullable: true },
    /** `safety.times_behind` when it was asked for, or when an operator said that it was not paid. Null: 0. */
    times_behind: { type: 'integer', nullable: true },
    /** W3C Trace Context of its request: its tries, its end and webhooks belong to the same trace. */
    traceparent: { type: 'text', nullable: true },
    /** On chain: the swap whose claim pays it; while it is `queued`, no transaction takes it. */
    swap: { type: 'text', nullable: true },
    /** The chain's id of the claim that has paid it, and its block. */
    claim_transaction: { type: 'text', nullable: true },
    claim_height: { type: 'integer', nullable: true },
  },
  key: ['id'],
  unique: { idempotency: ['node', 'partner', 'idempotency_key'] },
  index: {
    created: ['node', 'created_at', 'id'],
    partner: ['node', 'partner', 'created_at', 'id'],
    partner_state: ['node', 'partner', 'state', 'created_at', 'id'],
    state: ['node', 'state', 'created_at', 'id'],
  },
})

/** Each try of a payout: one payment hash, its own state, at most one alive. */
export const attempts = table({
  name: 'attempts',
  columns: {
    payout: { type: 'text' },
    number: { type: 'integer' },
    node: { type: 'text' },
    network: { type: 'text' },
    state: { type: 'text' },
    payment_hash: { type: 'text' },
    payment_request: { type: 'text' },
    /** The invoice names no amount, so that we do. */
    is_open_amount: { type: 'boolean' },
    /** LND refuses to start paying the invoice after this time. */
    expires_at: { type: 'time' },
    /** Leader epoch under which it was last sent; 0 before. */
    epoch: { type: 'integer' },
    /** Send calls issued under that epoch. */
    sends: { type: 'integer' },
    /** Index of an earlier payment with this hash that LND had failed; what is not above it is not ours. */
    prior_index: { type: 'integer' },
    /** When LND first showed that it has the payment. */
    seen_at: { type: 'time', nullable: true },
    failure: { type: 'text', nullable: true },
    /** What LND (or an operator) showed for the last state. */
    evidence: { type: 'json', nullable: true },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['payout', 'number'],
})

/** Payment hashes that no other payout may use: everything that has not failed for certain. */
export const usedHashes = table({
  name: 'used_hashes',
  columns: {
    node: { type: 'text' },
    payment_hash: { type: 'text' },
    network: { type: 'text' },
    payout: { type: 'text' },
  },
  key: ['node', 'payment_hash'],
})

/** What left per day, for the hard cap: worst cases while in flight, the real cost afterwards. */
export const dayTotals = table({
  name: 'day_totals',
  columns: {
    node: { type: 'text' },
    day: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'day'],
})
