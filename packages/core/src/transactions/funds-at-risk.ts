import type { Context, Identity } from '../context.ts'
import { readLivingTransactions } from './read-living.ts'

/** What an operator should look at: payouts that are neither paid nor failed, since something took their coins. */
export async function fundsAtRisk(
  context: Context,
  identity: Identity,
): Promise<readonly string[]> {
  const living = await readLivingTransactions(context, identity)
  return living.flatMap(({ transaction_id: transaction, reason }) => {
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
}
