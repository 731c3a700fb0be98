import { type Context, identityOf } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import { bookEnding } from './book-ending.ts'
import { changeQueued } from './change-queued.ts'
import { type Payout, payoutView } from './payout-view.ts'

/**
 * Ends a queued on-chain payout without paying: its reservation returns. Canceling it again changes nothing.
 * Throws `payout.not-found`, `payout.not-queued`, `payout.in-swap`, `payout.maybe-paid`.
 */
export async function cancelPayout(context: Context, id: string): Promise<Payout> {
  const identity = identityOf(context)
  return changeQueued(context, id, {
    isDone: (row) => row.state === 'canceled',
    async change(row) {
      const set = { state: 'canceled', reason: 'canceled', updated_at: context.clock.now() }
      const payout = payoutView({ ...row, ...set }, null)
      return {
        set,
        writes: await bookEnding(context, identity, row, undefined),
        events: [newEvent(context, identity, 'payout.canceled', `payout/${row.id}`, { payout })],
      }
    },
  })
}
