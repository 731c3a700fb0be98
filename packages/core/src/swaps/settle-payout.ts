import { newEvent } from '../events/new-event.ts'
import { bookEnding } from '../payouts/book-ending.ts'
import { claimOf } from '../payouts/get-payout.ts'
import { payoutView } from '../payouts/payout-view.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { haltForPaidTwice } from '../safety/halt-for-paid-twice.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'
import { readBoundPayout } from './bound-payout.ts'
import { claimFeeOf, confirmClaim } from './confirm-claim.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { type ReadSpending, readSpending } from './read-spending.ts'
import type { SwapPursuit } from './swap-pursuit.ts'
import { swapView } from './swap-view.ts'

/** Part of a change. */
interface Settled {
  readonly writes: readonly Write[]
  readonly events: readonly NewEvent[]
}

/** The claim's fee is noted in the change that settles the payout. */
export function isPayoutOpen({ payout, claim_fee_msat }: SwapRow): boolean {
  return payout !== null && claim_fee_msat === null
}

/**
 * The lockup of a swap is spent for good: whether its payout was paid is known, however long its payment still takes.
 * One change of its own, once: paid by the claim, it has succeeded; else it waits in the queue again.
 */
export async function settlePayout(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { context, follower } = pursuit
  const spent = await readSpending(row, follower.sight)
  if (!spent) return
  const payout = spent.paysPayout
    ? await payByClaim(pursuit, row, spent)
    : await freePayout(pursuit, row)
  await markSwap(pursuit, row, {
    set: { claim_fee_msat: claimFeeOf(row, spent) },
    writes: [...(await confirmClaim(pursuit, spent)), ...payout.writes],
    events: payout.events,
  })
  context.live.wakeOnchain()
}

/** It was not paid by the swap that it is bound to: for the change that says so. */
export async function freePayout(pursuit: SwapPursuit, row: SwapRow): Promise<Settled> {
  const { context, identity } = pursuit
  const payout = await readBoundPayout(context, row)
  if (!payout) return noteUnbound(pursuit, row)
  const set = { swap: null, reason: 'swap-ended', updated_at: context.clock.now() }
  const view = payoutView({ ...payout, ...set }, null)
  return {
    writes: [update(payouts, payout, set)],
    events: [newEvent(context, identity, 'payout.queued', `payout/${payout.id}`, { payout: view })],
  }
}

/** It can only be by a fault of ours, or in damaged books. */
function noteUnbound({ context }: SwapPursuit, { id: swap, payout }: SwapRow): Settled {
  if (payout !== null)
    context.logger.error('the payout of a swap is not bound to it', { swap, payout })
  return { writes: [], events: [] }
}

/** The partner was paid by the claim, and the payout is another's, or has ended, since. */
async function alarmPaidTwice(
  { context, identity }: SwapPursuit,
  row: SwapRow,
  { transactionId }: ReadSpending,
): Promise<Settled> {
  const { id, payout } = row
  if (payout === null) return { writes: [], events: [] }
  const says = `The claim of swap ${id} has paid payout ${payout}, which was no longer its own: look whether its partner was paid twice.`
  context.logger.error(says, { swap: id, payout, transactionId })
  const data = { swap: swapView(row), transactionId, says }
  return {
    writes: [await haltForPaidTwice(context, identity, says)],
    events: [newEvent(context, identity, 'swap.paid-twice', `swap/${id}`, data)],
  }
}

/** The partner bears no fee of the chain, which are the swap's costs. */
async function payByClaim(
  pursuit: SwapPursuit,
  row: SwapRow,
  spent: ReadSpending,
): Promise<Settled> {
  const { context, identity } = pursuit
  const payout = await readBoundPayout(context, row)
  if (!payout) return alarmPaidTwice(pursuit, row, spent)
  const set = {
    state: 'succeeded',
    reason: null,
    fee_msat: 0n,
    claim_transaction: spent.transactionId,
    claim_height: spent.blockHeight,
    updated_at: context.clock.now(),
  }
  const ended: RowOf<typeof payouts> = { ...payout, ...set }
  const view = payoutView(ended, null, claimOf(context, ended))
  const subject = `payout/${payout.id}`
  const paid = { feeMsat: 0n, account: 'world/onchain-fees' } as const
  return {
    writes: [update(payouts, payout, set), ...(await bookEnding(context, identity, payout, paid))],
    events: [newEvent(context, identity, 'payout.succeeded', subject, { payout: view })],
  }
}
