import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { attempts, payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { type Carrier, type Payout, payoutView } from './payout-view.ts'

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
  const [attempt, carried] = await Promise.all([
    findAttempt(context, row.id),
    readCarrier(context, row),
  ])
  return payoutView(row, attempt ?? null, carried)
}

async function readCarrier(
  context: Context,
  payout: RowOf<typeof payouts>,
): Promise<Carrier | null> {
  const { transaction } = payout
  if (transaction === null) return claimOf(context, payout)
  const row = await context.storage.get(transactions, [transaction])
  return row ? { row, height: context.live.info?.blockHeight ?? 0 } : null
}

/** The claim of a swap that has paid it. */
export function claimOf(
  { live }: Pick<Context, 'live'>,
  payout: Omit<RowOf<typeof payouts>, 'revision'>,
): Carrier | null {
  const { swap, claim_transaction, claim_height } = payout
  if (swap === null || claim_transaction === null) return null
  const row = { id: swap, transaction_id: claim_transaction, state: 'final' }
  return {
    row: { ...row, confirmed_height: claim_height },
    height: live.info?.blockHeight ?? 0,
  }
}

/** The attempt that counts, where the payment hash must be known already. */
export async function lastAttempt(
  context: Context,
  payout: string,
): Promise<RowOf<typeof attempts>> {
  const attempt = await findAttempt(context, payout)
  if (attempt) return attempt
  throw new PaymentNodeError('payout.not-found', `Payout ${payout} has no attempt.`, { payout })
}

/** The attempt that counts: none on chain, and none before a destination was resolved to an invoice. */
export async function findAttempt(
  context: Context,
  payout: string,
): Promise<RowOf<typeof attempts> | undefined> {
  const [attempt] = await context.storage.find(attempts, {
    index: 'key',
    equals: [payout],
    descending: true,
    limit: 1,
  })
  return attempt
}
