import type { Context } from '../context.ts'
import { changeQueued } from './change-queued.ts'
import type { Payout } from './payout-view.ts'

/**
 * Lets a queued on-chain payout go now, whatever the feerate below the hard ceiling; above it, as soon as it
 * is below. Releasing it again changes nothing. Throws `payout.not-found`, `payout.not-queued`.
 */
export async function releasePayout(context: Context, id: string): Promise<Payout> {
  const payout = await changeQueued(context, id, {
    isDone: (row) => row.is_released === true,
    change: async () => ({ set: { is_released: true } }),
  })
  context.live.wakeOnchain()
  return payout
}
