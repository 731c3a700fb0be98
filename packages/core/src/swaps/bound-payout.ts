import type { Context } from '../context.ts'
import { findPayout } from '../payouts/get-payout.ts'
import { isInSwap, requireQueued } from '../payouts/in-swap.ts'
import { isMaybePaid, maybePaid } from '../payouts/maybe-paid.ts'
import type { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
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

/**
 * The payout that a new claim is to pay: the bound one, and also one that counts as paid by a claim of this swap, should
 * a reorganization deeper than any take that claim back.
 */
export async function readClaimsPayout(
  { storage }: Pick<Context, 'storage'>,
  { id, payout: bound }: Pick<SwapRow, 'id' | 'payout'>,
): Promise<Payout | undefined> {
  if (bound === null) return undefined
  const payout = await storage.get(payouts, [bound])
  const isPaid = payout?.state === 'succeeded' && payout.claim_transaction !== null
  return payout?.swap === id && (isPaid || isInSwap(payout)) ? payout : undefined
}
