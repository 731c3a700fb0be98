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
