import { type Context, identityOf } from '../context.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { type Fields, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { findPayout, readPayout } from './get-payout.ts'
import { requireQueued } from './in-swap.ts'
import { isMaybePaid, maybePaid } from './maybe-paid.ts'
import type { Payout } from './payout-view.ts'

type Row = RowOf<typeof payouts>

/** What is done with a payout that waits for its transaction. */
export interface QueuedChange {
  /** It is so already: nothing has to be done. */
  isDone(row: Row): boolean
  change(row: Row): Promise<{
    readonly set: Partial<Fields<typeof payouts>>
    readonly writes?: readonly Write[]
    readonly events?: readonly NewEvent[]
  }>
}

/**
 * Changes a payout while it is queued; decided again when somebody else was faster. Throws
 * `payout.not-found`, `payout.maybe-paid`, `payout.in-swap`, and `payout.not-queued` when its transaction is being
 * made, or it has ended.
 */
export async function changeQueued(
  context: Context,
  id: string,
  { isDone, change }: QueuedChange,
): Promise<Payout> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findPayout(context, id)
    if (isDone(row)) return readPayout(context, row)
    const guard = await readSafety(context, identityOf(context))
    if (isMaybePaid(row, guard)) throw maybePaid(id)
    requireQueued(row)
    const { set, writes = [], events = [] } = await change(row)
    const all = [
      update(payouts, row, { ...set, updated_at: context.clock.now() }),
      // Nobody has found out meanwhile that these books are an old copy.
      requireUnchanged(safety, guard),
      ...writes,
    ]
    const refused = await record(context, { writes: all, events }, async () => {
      const now = await context.storage.get(payouts, [id])
      return now !== undefined && isDone(now)
    })
    if (!refused) return readPayout(context, await findPayout(context, id))
  }
  throw tooContended(`payout ${id}`)
}
