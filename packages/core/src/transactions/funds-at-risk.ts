import type { Context, Identity } from '../context.ts'
import { payouts } from '../tables/payouts.ts'
import { readLivingTransactions } from './read-living.ts'

/** More than are ever under way at once. */
const all = 1000

/** What an operator should look at: payouts that are neither paid nor failed, since something took their coins. */
export async function fundsAtRisk(
  context: Context,
  identity: Identity,
): Promise<readonly string[]> {
  const living = await readLivingTransactions(context, identity)
  const waiting = living.flatMap(({ transaction_id: transaction, reason }) => {
    if (reason === 'inputs-spent')
      return [
        `The inputs of the payout transaction ${transaction} were spent by another one: its payouts wait until that is final, and are paid then.`,
      ]
    if (reason === 'input-lost')
      return [
        `A coin that the payout transaction ${transaction} spends is in no block any more: its payouts wait until it comes back, or for payouts.resolve.`,
      ]
    return []
  })
  return [...waiting, ...(await withoutVerdict(context, identity))]
}

/** An operator has given up their transaction by a verdict about another payout in it. */
async function withoutVerdict(context: Context, { publicKey }: Identity): Promise<string[]> {
  const query = { index: 'state', equals: [publicKey, 'sending'], limit: all } as const
  const rows = await context.storage.find(payouts, query)
  return rows
    .filter(({ reason }) => reason === 'transaction-given-up')
    .map(
      ({ id }) =>
        `The transaction of payout ${id} was given up by a verdict about another one in it: it stays reserved until payouts.resolve ends it, too.`,
    )
}
