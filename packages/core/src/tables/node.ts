import { table } from './table.ts'

/** Which LND a storage belongs to, per configured name. Written once, at the first start. */
export const nodes = table({
  name: 'nodes',
  columns: {
    name: { type: 'text' },
    node: { type: 'text' },
    network: { type: 'text' },
    /** Highest indexes LND had then; nothing older is ever credited. */
    invoice_add_index: { type: 'integer' },
    payment_index: { type: 'integer' },
    created_at: { type: 'time' },
  },
  key: ['name'],
  unique: { node: ['node'] },
})

/** Last known condition; node events change it, so that they commit like all others. */
export const nodeStates = table({
  name: 'node_states',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    since: { type: 'time' },
    /** When `books.uncompared` was told, and `books.compared` has not been since; else null. */
    uncompared_since: { type: 'time', nullable: true },
  },
  key: ['node'],
})

/** Positions in LND's own histories. */
export const cursors = table({
  name: 'cursors',
  columns: {
    node: { type: 'text' },
    name: { type: 'text' },
    network: { type: 'text' },
    position: { type: 'integer' },
  },
  key: ['node', 'name'],
})

/** The kill switch. Everything that pays requires this row unchanged in its own change. */
export const safety = table({
  name: 'safety',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    is_halted: { type: 'boolean' },
    reason: { type: 'text', nullable: true },
    changed_at: { type: 'time' },
    /** What halted by itself: `books-behind`, `node-behind`, `books-short`, `paid-twice`; null: an operator did. */
    cause: { type: 'text', nullable: true },
    /** How often these books were found to be an old copy: payouts asked for before may be paid. Null: never. */
    times_behind: { type: 'integer', nullable: true },
  },
  key: ['node'],
})

/** Fingerprints of the keys that rows were derived from, never the keys. */
export const keys = table({
  name: 'keys',
  columns: {
    node: { type: 'text' },
    purpose: { type: 'text' },
    network: { type: 'text' },
    key_id: { type: 'text' },
    fingerprint: { type: 'text' },
    created_at: { type: 'time' },
  },
  key: ['node', 'purpose'],
})

/** How far each durable handler has come. */
export const consumers = table({
  name: 'consumers',
  columns: {
    node: { type: 'text' },
    consumer: { type: 'text' },
    network: { type: 'text' },
    position: { type: 'integer' },
    updated_at: { type: 'time' },
  },
  key: ['node', 'consumer'],
})
