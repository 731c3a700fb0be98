import type { Context, Identity } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { safety } from '../tables/node.ts'
import { update } from '../tables/table.ts'
import { readSafety } from './require-not-halted.ts'

/**
 * For the change that finds it: a payout was paid that counted as another's to pay, by a fault of ours or in damaged
 * books. Nothing more goes out before somebody has looked. What had halted before stays its cause.
 */
export async function haltForPaidTwice(
  context: Context,
  identity: Identity,
  says: string,
): Promise<Write> {
  const row = await readSafety(context, identity)
  const { is_halted: isHalted, reason: before } = row
  return update(safety, row, {
    is_halted: true,
    cause: (isHalted ? row.cause : null) ?? 'paid-twice',
    // No other reason is lost.
    reason: isHalted && before ? `${says} Before: ${before}`.slice(0, 500) : says,
    changed_at: context.clock.now(),
  })
}
