import type { Context, Identity } from '../context.ts'
import { bookPayout, bookRelease } from '../domain/ledger.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import { readDebt, towardsDebt } from '../ledger/read-debt.ts'
import type { Write } from '../ports/storage.ts'
import type { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { returnToDay } from './count-against-day.ts'
import { returnRefund } from './count-refund.ts'
import { reservedFor } from './reservation.ts'
import { giveBackHeld } from './take-held.ts'

/** What a payout cost that was paid: in msat, and who got it. */
export interface PaidFee {
  readonly feeMsat: bigint
  /** `operator`: amount and fee were paid with the operator's money. */
  readonly account: 'world/routing-fees' | 'world/onchain-fees' | 'operator'
}

/**
 * The writes that end a payout in the books, once, off chain and on chain: ledger (what is not used returns
 * to where it came from, of the partner's balance a debt first), caps, and what a refund that was not paid gives back to its invoice.
 * `paid`: undefined when nothing left. The caller adds the payout's own row.
 */
export async function bookEnding(
  context: Context,
  identity: Identity,
  payout: RowOf<typeof payouts>,
  paid: PaidFee | undefined,
): Promise<Write[]> {
  const reservedMsat = reservedFor(payout)
  const spentMsat = paid ? payout.amount_msat + paid.feeMsat : 0n
  const returned = reservedMsat > spentMsat ? reservedMsat - spentMsat : 0n
  const back = await giveBackHeld(context, identity, payout, spentMsat)
  const toHeldMsat = back?.toHeldMsat ?? 0n
  const free = returned - toHeldMsat
  const toDebtMsat =
    free === 0n ? 0n : towardsDebt(free, await readDebt(context, identity, payout.partner))
  const booked = paid
    ? {
        ...bookPayout(payout.id, payout.partner, {
          worstMsat: reservedMsat,
          amountMsat: payout.amount_msat,
          feeMsat: paid.feeMsat,
          feeAccount: paid.account,
          toDebtMsat,
          toHeldMsat,
        }),
        // So that the statement tells it from the partner's own payouts.
        ...(payout.invoice !== null && { note: `refund of invoice/${payout.invoice}` }),
      }
    : bookRelease(payout.id, payout.partner, reservedMsat, toDebtMsat, toHeldMsat)
  return [
    ...(await bookTransaction(context, identity, booked)),
    ...(back?.writes ?? []),
    ...returnToDay(identity, payout, paid?.feeMsat),
    ...(paid || payout.invoice === null
      ? []
      : [returnRefund(identity, payout.invoice, payout.amount_msat)]),
  ]
}
