import { table } from './table.ts'

/** LND's forwarding history, copied: LND can be told to delete its own. */
export const forwards = table({
  name: 'forwards',
  columns: {
    node: { type: 'text' },
    /** Nanoseconds since 1970, 20 digits: LND gives no two forwards the same. */
    at: { type: 'text' },
    network: { type: 'text' },
    channel_in: { type: 'text' },
    channel_out: { type: 'text' },
    amount_msat: { type: 'msat' },
    fee_msat: { type: 'msat' },
  },
  key: ['node', 'at'],
})

/** Sums per UTC day and outgoing channel, for reports. */
export const forwardDays = table({
  name: 'forward_days',
  columns: {
    node: { type: 'text' },
    day: { type: 'text' },
    /** Short channel id, decimal. */
    channel: { type: 'text' },
    network: { type: 'text' },
    count: { type: 'integer' },
    amount_msat: { type: 'msat' },
    fee_msat: { type: 'msat' },
  },
  key: ['node', 'day', 'channel'],
})
