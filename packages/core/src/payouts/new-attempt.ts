import { type Context, type Identity, rowBase } from '../context.ts'
import type { attempts } from '../tables/payouts.ts'
import type { Fields } from '../tables/table.ts'
import type { PayableDestination } from './resolve-invoice.ts'

/** The row of a try that nobody has begun yet. */
export function newAttempt(
  context: Context,
  identity: Identity,
  payout: string,
  number: number,
  invoice: PayableDestination,
): Fields<typeof attempts> {
  const now = context.clock.now()
  return {
    ...rowBase(identity),
    payout,
    number,
    state: 'recorded',
    payment_hash: invoice.paymentHash,
    payment_request: invoice.text,
    is_open_amount: invoice.isOpenAmount,
    prior_index: invoice.priorIndex,
    expires_at: invoice.expiresAt,
    epoch: 0,
    sends: 0,
    seen_at: null,
    failure: null,
    evidence: null,
    created_at: now,
    updated_at: now,
  }
}
