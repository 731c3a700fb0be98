import { table } from './table.ts'

/** A channel that somebody wants open: written before LND is asked, followed until it is open or has failed. */
export const channelIntents = table({
  name: 'channel_intents',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** `keeper` or `operator`. */
    source: { type: 'text' },
    state: { type: 'text' },
    /** Why it waits or how it ended, machine-readable. */
    reason: { type: 'text', nullable: true },
    peer: { type: 'text' },
    address: { type: 'text' },
    alias: { type: 'text', nullable: true },
    capacity_msat: { type: 'msat' },
    is_private: { type: 'boolean' },
    sat_per_vbyte: { type: 'integer' },
    /** `txid:index` of every input: the same inputs cannot fund two channels. */
    outpoints: { type: 'json' },
    /** Worst-case funding fee, counted against the budget of `budget_period`. */
    fee_limit_msat: { type: 'msat' },
    /** The real one, once the funding transaction is known. */
    fee_msat: { type: 'msat', nullable: true },
    budget_period: { type: 'text' },
    channel_point: { type: 'text', nullable: true },
    /** Leader epoch under which LND was last asked, 0 before, and calls issued under it. */
    epoch: { type: 'integer' },
    calls: { type: 'integer' },
    /** Block height at which it was intended, later at which its funding was first seen. */
    since_height: { type: 'integer' },
    /** What LND showed for the last state. */
    evidence: { type: 'json', nullable: true },
    idempotency_key: { type: 'text' },
    request: { type: 'text' },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['id'],
  unique: { idempotency: ['node', 'idempotency_key'] },
  index: {
    created: ['node', 'created_at', 'id'],
    state: ['node', 'state', 'created_at', 'id'],
  },
})

/** One open at a time per node: the row of the one that is under way. */
export const openingSlots = table({
  name: 'opening_slots',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    intent: { type: 'text' },
  },
  key: ['node'],
})

/** Coins that an intent has chosen: no other one may, until it has ended. */
export const claimedOutpoints = table({
  name: 'claimed_outpoints',
  columns: {
    node: { type: 'text' },
    outpoint: { type: 'text' },
    network: { type: 'text' },
    intent: { type: 'text' },
  },
  key: ['node', 'outpoint'],
})

/** A close that the operator or the autopilot asked for: what tells our own closes from everybody else's. */
export const closeIntents = table({
  name: 'close_intents',
  columns: {
    node: { type: 'text' },
    channel_point: { type: 'text' },
    network: { type: 'text' },
    /** intended → closing → closed; intended → refused. */
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    is_force: { type: 'boolean' },
    /** The keeper may open another channel instead. */
    is_replaced: { type: 'boolean' },
    /** 0: LND chooses. */
    sat_per_vbyte: { type: 'integer' },
    /** Why, in the operator's words. */
    says: { type: 'text' },
    closing_transaction: { type: 'text', nullable: true },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
    /** The decision of the autopilot that it follows from; null: the operator asked. */
    decision: { type: 'text', nullable: true },
    /** What the liquidity budget of `budget_period` was charged; null: nothing, or what was left was given back. */
    worst_cost_msat: { type: 'msat', nullable: true },
    budget_period: { type: 'text', nullable: true },
  },
  key: ['node', 'channel_point'],
  index: { state: ['node', 'state', 'channel_point'] },
})

/** What was spent or reserved of a budget in one period. */
export const spending = table({
  name: 'spending',
  columns: {
    node: { type: 'text' },
    purpose: { type: 'text' },
    period: { type: 'text' },
    network: { type: 'text' },
    amount_msat: { type: 'msat' },
  },
  key: ['node', 'purpose', 'period'],
})
