import type { Context, Identity } from '../context.ts'
import type { PayoutReason } from '../domain/payout-reason.ts'
import { PaymentNodeError } from '../errors.ts'
import { record } from '../record.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'

/** `Payout.reason` of a payout that newer books than these may have paid. */
export const maybePaidReason = 'maybe-paid' satisfies PayoutReason

/** Rows of one page, and of one change: a long list must not hold up the other commits. */
const page = 200

type Payout = Pick<RowOf<typeof payouts>, 'state' | 'payment_hash' | 'times_behind'>
type Guard = Pick<RowOf<typeof safety>, 'times_behind'>

/**
 * These books were found to be an old copy after it was asked for, and nothing in LND would tell that newer
 * books have paid it: it has no payment hash, and is in no transaction. Follows from the two rows alone, so that
 * the change which halts covers every payout at once.
 */
export function isMaybePaid(payout: Payout, guard: Guard): boolean {
  const isUnresolved = payout.state === 'reserved' || payout.state === 'queued'
  const isOlder = (payout.times_behind ?? 0) < (guard.times_behind ?? 0)
  return isUnresolved && isOlder && payout.payment_hash === ''
}

/** Writes it down as their reason, for people; whoever pays looks at `isMaybePaid`. */
export async function sayMaybePaid(context: Context, identity: Identity): Promise<void> {
  const guard = await readSafety(context, identity)
  for (const state of ['reserved', 'queued']) {
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await context.storage.find(payouts, {
        index: 'state',
        equals: [identity.publicKey, state],
        limit: page,
        ...(after && { after }),
      })
      const writes = rows
        .filter((row) => isMaybePaid(row, guard) && row.reason !== maybePaidReason)
        .map((row) =>
          update(payouts, row, { reason: maybePaidReason, updated_at: context.clock.now() }),
        )
      // Refused: one of them has moved; it is said where it would be paid.
      if (writes.length > 0) await record(context, { writes }, async () => true)
      const last = rows.at(-1)
      if (!last || rows.length < page) break
      after = [last.created_at, last.id]
    }
  }
}

export function maybePaid(payout: string): PaymentNodeError<'payout.maybe-paid'> {
  return new PaymentNodeError(
    'payout.maybe-paid',
    `Payout ${payout} may be paid: these books are an old copy, and newer ones may have paid it.`,
    { payout },
    {
      advice:
        "Find out whether it was paid (safety.differences(), the payee), then payouts.resolve(id, 'succeeded' | 'failed', evidence); or payouts.release(id) when it was not paid and shall be.",
    },
  )
}
