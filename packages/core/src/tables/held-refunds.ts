import { table } from './table.ts'

/** What refunds took out of money that was still held: when the rest of it becomes available, this does not. */
export const heldRefunds = table({
  name: 'held_refunds',
  columns: {
    node: { type: 'text' },
    payout: { type: 'text' },
    network: { type: 'text' },
    invoice: { type: 'text' },
    /** Reserved while the payout is under way, afterwards what it spent. */
    taken_msat: { type: 'msat' },
  },
  key: ['node', 'payout'],
  index: { invoice: ['node', 'invoice', 'payout'] },
})
