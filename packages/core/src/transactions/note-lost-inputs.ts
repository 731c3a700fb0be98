import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { findLostInputs } from './find-rival.ts'
import { markLost, type Pursuit } from './mark-transaction.ts'
import { requireFunding } from './require-funding.ts'

/**
 * The bytes are in no block: looks whether the wallet still has in blocks what brought the inputs,
 * and writes down since when one is gone, since an operator's verdict rests on it. Answers whether one is.
 */
export async function noteLostInputs(
  pursuit: Pursuit,
  row: RowOf<typeof transactions>,
): Promise<boolean> {
  const { context, signal } = pursuit
  // Its parent decides: it is conflicted, or given up, with it.
  if (row.parent !== null) return false
  const listed = await requireFunding(context).onchain.transactions(0, signal)
  const isLost = findLostInputs(row, listed).length > 0
  const since = row.lost_height
  const height = context.live.info?.blockHeight
  // Never a guess: an old height would say that it has been gone for long.
  if (isLost && since === null && height !== undefined) await markLost(pursuit, row, height)
  if (!isLost && since !== null) await markLost(pursuit, row, null)
  return isLost
}
