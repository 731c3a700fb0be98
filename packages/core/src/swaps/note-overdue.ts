import type { SwapLockup } from '../domain/swap-decision.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { isNewlyOverdue, overdueMark } from './overdue.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/**
 * Notes, once, that a payment is held for longer than a lockup takes: while LND shows it, and after a block that came
 * with the lockup watched for, so that nobody is blamed for what was not looked at. True: it was stored.
 */
export async function noteOverdue(
  pursuit: SwapPursuit,
  row: SwapRow,
  lockup: SwapLockup,
): Promise<boolean> {
  const { context, identity, follower } = pursuit
  const { payment, watch, watchedFrom, isDamageTold } = follower.sight
  if (payment.evidence.kind !== 'in-flight' || lockup === 'ours' || lockup === 'unread')
    return false
  // Without terms that hold nobody knows whether the lockup is there.
  if (isDamageTold) return false
  if (!isNewlyOverdue(context, row)) return false
  const height = context.live.info?.blockHeight ?? 0
  if (watch !== 'open' || watchedFrom === undefined || height <= watchedFrom) return false
  const mark = await overdueMark(context, identity, row)
  await markSwap(pursuit, row, { ...mark, event: 'swap.lockup-overdue' })
  context.live.wakeLiquidity()
  return true
}
