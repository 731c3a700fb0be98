import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { attempts, payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { type Payout, payoutView } from './payout-view.ts'

/** One payout. Throws `payout.not-found`. */
export async function getPayout(context: Context, id: string): Promise<Payout> {
  return readPayout(context, await findPayout(context, id))
}

/** The stored row. Throws `payout.not-found`, also for another node's payout. */
export async function findPayout(context: Context, id: string): Promise<RowOf<typeof payouts>> {
  const { publicKey } = identityOf(context)
  const row = await context.storage.get(payouts, [readId(id, 'id')])
  if (row && row.node === publicKey) return row
  throw new PaymentNodeError('payout.not-found', `There is no payout ${JSON.stringify(id)}.`, {
    payout: id,
  })
}

export async function readPayout(context: Context, row: RowOf<typeof payouts>): Promise<Payout> {
  return payoutView(row, await lastAttempt(context, row.id))
}

/** The attempt that counts. A payout is never stored without one. */
export async function lastAttempt(
  context: Context,
  payout: string,
): Promise<RowOf<typeof attempts>> {
  const [attempt] = await context.storage.find(attempts, {
    index: 'key',
    equals: [payout],
    descending: true,
    limit: 1,
  })
  if (attempt) return attempt
  throw new PaymentNodeError('payout.not-found', `Payout ${payout} has no attempt.`, { payout })
}
