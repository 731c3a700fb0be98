import { table } from './table.ts'

export const invoices = table({
  name: 'invoices',
  columns: {
    id: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    partner: { type: 'text' },
    state: { type: 'text' },
    amount_msat: { type: 'msat', nullable: true },
    paid_msat: { type: 'msat', nullable: true },
    is_late: { type: 'boolean' },
    memo: { type: 'text', nullable: true },
    description_hash: { type: 'text', nullable: true },
    is_private: { type: 'boolean' },
    metadata: { type: 'json' },
    payment_hash: { type: 'text' },
    payment_request: { type: 'text' },
    add_index: { type: 'integer' },
    settle_index: { type: 'integer', nullable: true },
    created_at: { type: 'time' },
    expires_at: { type: 'time' },
    /** When it was settled, expired or canceled. */
    ended_at: { type: 'time', nullable: true },
    idempotency_key: { type: 'text', nullable: true },
    /** Canonical text of the request: the same key must come with the same request. */
    request: { type: 'text' },
    /** Which key the preimage was derived from. */
    key_id: { type: 'text' },
    /** The commission that this invoice carries beside the partner's fee. */
    commission_ppm: { type: 'integer', nullable: true },
    commission_fixed_msat: { type: 'msat', nullable: true },
    /** What the operator kept when it was settled: the partner's fee, and the invoice's commission. */
    fee_msat: { type: 'msat', nullable: true },
    commission_msat: { type: 'msat', nullable: true },
    /** Until then the money is pending; null when it was available at once. */
    available_at: { type: 'time', nullable: true },
    /** Made by another program and taken over. */
    is_adopted: { type: 'boolean', nullable: true },
    /** W3C Trace Context of its creation: its settlement and webhooks belong to the same trace. */
    traceparent: { type: 'text', nullable: true },
  },
  key: ['id'],
  unique: { payment_hash: ['node', 'payment_hash'] },
  index: {
    created: ['node', 'created_at', 'id'],
    partner: ['node', 'partner', 'created_at', 'id'],
    partner_state: ['node', 'partner', 'state', 'created_at', 'id'],
    state: ['node', 'state', 'created_at', 'id'],
    expiry: ['node', 'state', 'expires_at', 'id'],
    added: ['node', 'state', 'add_index', 'id'],
  },
})

/** One row per metadata entry, so that a host finds its invoice by its own order number. */
export const invoiceMetadata = table({
  name: 'invoice_metadata',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    name: { type: 'text' },
    value: { type: 'text' },
    created_at: { type: 'time' },
    invoice: { type: 'text' },
  },
  key: ['node', 'name', 'value', 'created_at', 'invoice'],
})

/** What was given back of a settled invoice: never more than was received. */
export const invoiceRefunds = table({
  name: 'invoice_refunds',
  columns: {
    node: { type: 'text' },
    invoice: { type: 'text' },
    network: { type: 'text' },
    refunded_msat: { type: 'msat' },
  },
  key: ['node', 'invoice'],
})
