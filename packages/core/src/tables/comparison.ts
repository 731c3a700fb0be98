import { table } from './table.ts'

/** How many intents to send money were recorded; compared with the counter outside of the database. */
export const intentCounters = table({
  name: 'intent_counters',
  columns: {
    node: { type: 'text' },
    network: { type: 'text' },
    count: { type: 'integer' },
    /** What the counter outside said when it was found ahead: accepting the difference raises `count` to it. */
    outside_seen: { type: 'integer' },
  },
  key: ['node'],
})

/**
 * What LND and the books tell differently. `open`: waits for the operator while the kill switch has a
 * cause, else for the leader, who books it. Ends as `booked`, `accepted` (nothing to book) or `dropped`.
 */
export const differences = table({
  name: 'differences',
  columns: {
    node: { type: 'text' },
    /** Names what was found, so that it is found once. */
    id: { type: 'text' },
    network: { type: 'text' },
    kind: { type: 'text' },
    state: { type: 'text' },
    /** `succeeded` or `in-flight`, of a payment as it was found. */
    payment_state: { type: 'text', nullable: true },
    payment_hash: { type: 'text', nullable: true },
    amount_msat: { type: 'msat', nullable: true },
    fee_msat: { type: 'msat', nullable: true },
    channel_point: { type: 'text', nullable: true },
    /** What LND shows, where it is a number: update count, payment index, counter. */
    shown: { type: 'integer', nullable: true },
    /** What the books know, for people. */
    books: { type: 'text' },
    /** When LND did it; when it was found, where LND does not say. */
    occurred_at: { type: 'time' },
    found_at: { type: 'time' },
    ended_at: { type: 'time', nullable: true },
  },
  key: ['node', 'id'],
  index: {
    state: ['node', 'state', 'found_at', 'id'],
    found: ['node', 'found_at', 'id'],
  },
})
