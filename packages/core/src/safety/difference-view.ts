import { Amount } from '../domain/amount.ts'
import type { ComparisonReason } from '../domain/compare-with-node.ts'
import type { differences } from '../tables/comparison.ts'
import type { RowOf } from '../tables/table.ts'

/**
 * What was found. Of payments and payouts: `unknown-payment` (no payout of the books made it),
 * `payout-behind` (the payout is booked by LND's word). Of the chain: `unknown-transaction` (it has our
 * label, and the books have not signed it). Of invoices: `unknown-invoice`,
 * `invoice-forgotten`. Of the books as a whole: `counter-ahead`. Of LND: `payments-missing`,
 * `channel-older`, `channel-unlisted`. Of the proof (`amount` is what is missing): `value-missing`, `insolvent`.
 */
export type DifferenceKind =
  | 'unknown-payment'
  | 'payout-behind'
  | 'unknown-invoice'
  | 'counter-ahead'
  | 'payments-missing'
  | 'invoice-forgotten'
  | 'channel-older'
  | 'channel-unlisted'
  | 'unknown-transaction'
  | 'value-missing'
  | 'insolvent'

/**
 * `open`: while outgoing money is halted for it, it waits for the operator; else it is being booked, or
 * the payment is still in flight. `booked`: as the operator's. `accepted`: nothing had to be booked.
 * `dropped`: the payment failed.
 */
export type DifferenceState = 'open' | 'booked' | 'accepted' | 'dropped'

/** One thing that LND and the books tell differently. */
export interface Difference {
  readonly id: string
  readonly kind: DifferenceKind
  readonly state: DifferenceState
  readonly paymentHash: string | null
  /** Without fees; what arrived, of an invoice. */
  readonly amount: Amount | null
  readonly fee: Amount | null
  readonly channelPoint: string | null
  /** Milliseconds since 1970: when LND did it, or when it was found. */
  readonly occurredAt: number
  readonly foundAt: number
  /** What the books know of it, for people. */
  readonly books: string
}

/** What a comparison of books and LND found; in the events `node.books-behind`, `node.behind` and `books.short`. */
export interface Comparison {
  readonly reasons: readonly ComparisonReason[]
  /** New differences, by kind. */
  readonly differences: Readonly<Partial<Record<DifferenceKind, number>>>
  /** What it means and what to do, for people. */
  readonly says: string
}

export function differenceView(row: RowOf<typeof differences>): Difference {
  return {
    id: row.id,
    kind: row.kind as DifferenceKind,
    state: row.state as DifferenceState,
    paymentHash: row.payment_hash,
    amount: row.amount_msat === null ? null : new Amount(row.amount_msat),
    fee: row.fee_msat === null ? null : new Amount(row.fee_msat),
    channelPoint: row.channel_point,
    occurredAt: row.occurred_at,
    foundAt: row.found_at,
    books: row.books,
  }
}
