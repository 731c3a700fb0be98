import type { Context, Identity } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { safety } from '../tables/node.ts'
import type { RowOf } from '../tables/table.ts'

/** The kill switch's row, to be required unchanged in the change that lets money go. Throws `safety.halted`. */
export async function requireNotHalted(
  context: Context,
  identity: Identity,
): Promise<RowOf<typeof safety>> {
  const row = await readSafety(context, identity)
  if (!row.is_halted) return row
  throw new PaymentNodeError(
    'safety.halted',
    `Outgoing money is halted: ${row.reason}.`,
    { reason: row.reason ?? '' },
    { advice: 'When the cause is understood: safety.resume(reason).' },
  )
}

/** The row exists since the first start. */
export async function readSafety(
  context: Context,
  identity: Identity,
): Promise<RowOf<typeof safety>> {
  const row = await context.storage.get(safety, [identity.publicKey])
  if (row) return row
  throw new PaymentNodeError(
    'storage.unavailable',
    'The row of the kill switch is missing from the storage; nothing is paid without it.',
    { outcome: 'none' },
    {
      fundsAtRisk: true,
      isRetryable: false,
      advice: 'The storage was damaged or edited by hand: restore it.',
    },
  )
}
