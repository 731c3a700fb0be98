import type { Context, Identity } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import { bookEnding } from '../payouts/book-ending.ts'
import { claimOf, findPayout } from '../payouts/get-payout.ts'
import { isInSwap, requireQueued } from '../payouts/in-swap.ts'
import { isMaybePaid, maybePaid } from '../payouts/maybe-paid.ts'
import { payoutView } from '../payouts/payout-view.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { halt } from '../safety/halt.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import type { SwapRow } from './mark-swap.ts'

type Payout = RowOf<typeof payouts>

/**
 * The payout that a swap's claim shall pay. Throws `payout.not-found`, `payout.maybe-paid`, `payout.in-swap` and
 * `payout.not-queued`.
 */
export async function findPayoutForSwap(
  context: Context,
  guard: RowOf<typeof safety>,
  id: string,
): Promise<Payout> {
  const payout = await findPayout(context, id)
  requireQueued(payout)
  if (isMaybePaid(payout, guard)) throw maybePaid(id)
  return payout
}

/** The payout that waits for this swap's claim; undefined: it pays none, or none any more. */
export async function readBoundPayout(
  { storage }: Pick<Context, 'storage'>,
  { id, payout: bound }: Pick<SwapRow, 'id' | 'payout'>,
): Promise<Payout | undefined> {
  if (bound === null) return undefined
  const payout = await storage.get(payouts, [bound])
  return payout && isInSwap(payout) && payout.swap === id ? payout : undefined
}

/** It can only be by a fault of ours, or damaged books: nothing more goes out before somebody has looked. */
async function haltForPaidTwice(
  context: Context,
  identity: Identity,
  swap: string,
  payout: string,
): Promise<void> {
  const says = `the claim of swap ${swap} has paid payout ${payout}, which was no longer its own: look whether its partner was paid twice`
  const { is_halted: isHalted, reason } = await readSafety(context, identity)
  // A process that died in between says it only once, and no other reason is lost.
  if (isHalted && reason?.startsWith(says)) return
  await halt(context, isHalted && reason ? `${says}. Before: ${reason}`.slice(0, 500) : says)
}

/** The claim that has paid a payout, deep enough. */
export interface PayingClaim {
  readonly transactionId: string
  readonly blockHeight: number
}

/**
 * What a swap's end does to its payout, for the same change. Paid by the claim: it has succeeded, and the partner
 * bears no fee of the chain, which are the swap's costs. Else it waits in the queue again.
 */
export async function settlePayout(
  { context, identity }: Pursuit,
  row: SwapRow,
  paidBy?: PayingClaim,
): Promise<{ readonly writes: readonly Write[]; readonly events: readonly NewEvent[] }> {
  const payout = await readBoundPayout(context, row)
  if (!payout) {
    if (row.payout !== null) {
      const [swap, bound, isPaid] = [row.id, row.payout, paidBy !== undefined]
      context.logger.error('the payout of a swap that ends is not bound to it', {
        swap,
        payout: bound,
        isPaid,
      })
      if (isPaid) await haltForPaidTwice(context, identity, swap, bound)
    }
    return { writes: [], events: [] }
  }
  const updated_at = context.clock.now()
  const subject = `payout/${payout.id}`
  if (!paidBy) {
    const set = { swap: null, reason: 'swap-ended', updated_at }
    const view = payoutView({ ...payout, ...set }, null)
    return {
      writes: [update(payouts, payout, set)],
      events: [newEvent(context, identity, 'payout.queued', subject, { payout: view })],
    }
  }
  const set = {
    state: 'succeeded',
    reason: null,
    fee_msat: 0n,
    claim_transaction: paidBy.transactionId,
    claim_height: paidBy.blockHeight,
    updated_at,
  }
  const ended = { ...payout, ...set }
  const view = payoutView(ended, null, claimOf(context, ended))
  const paid = { feeMsat: 0n, account: 'world/onchain-fees' } as const
  return {
    writes: [update(payouts, payout, set), ...(await bookEnding(context, identity, payout, paid))],
    events: [newEvent(context, identity, 'payout.succeeded', subject, { payout: view })],
  }
}
