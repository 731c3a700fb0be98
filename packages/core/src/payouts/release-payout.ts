import { type Context, identityOf } from '../context.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { requireUnchanged, update } from '../tables/table.ts'
import { changeQueued } from './change-queued.ts'
import { findPayout, readPayout } from './get-payout.ts'
import { isMaybePaid } from './maybe-paid.ts'
import type { Payout } from './payout-view.ts'

/**
 * Lets a queued on-chain payout go now, whatever the feerate below the hard ceiling; above it, as soon as it
 * is below. Releasing it again changes nothing. One that waits as `maybe-paid`, of either kind, goes on where it
 * was instead: the operator says that it was not paid. Throws `payout.not-found`, `payout.not-queued`,
 * `payout.in-swap`.
 */
export async function releasePayout(context: Context, id: string): Promise<Payout> {
  const notPaid = await releaseMaybePaid(context, id)
  if (notPaid) {
    context.live.wakePayouts()
    context.live.wakeOnchain()
    return notPaid
  }
  const payout = await changeQueued(context, id, {
    isDone: (row) => row.is_released === true,
    change: async () => ({ set: { is_released: true } }),
  })
  context.live.wakeOnchain()
  return payout
}

/** Undefined where there is no doubt about it. */
async function releaseMaybePaid(context: Context, id: string): Promise<Payout | undefined> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findPayout(context, id)
    const guard = await readSafety(context, identityOf(context))
    if (!isMaybePaid(row, guard)) return undefined
    const { times_behind } = guard
    const set = { times_behind, reason: null, updated_at: context.clock.now() }
    // Only for the doubts that the operator could know.
    const writes = [update(payouts, row, set), requireUnchanged(safety, guard)]
    const refused = await record(context, { writes }, async () => {
      return (await context.storage.get(payouts, [id]))?.times_behind === times_behind
    })
    if (refused) continue
    context.logger.warn('payout released by operator: it was not paid', { payout: id })
    return readPayout(context, await findPayout(context, id))
  }
  throw tooContended(`payout ${id}`)
}
