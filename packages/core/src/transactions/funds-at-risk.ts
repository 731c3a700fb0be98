import type { Context, Identity } from '../context.ts'
import { readLivingTransactions } from './read-living.ts'

/** What an operator should look at: payouts that are neither paid nor failed, since something took their coins. */
export async function fundsAtRisk(
  context: Context,
  identity: Identity,
): Promise<readonly string[]> {
  const living = await readLivingTransactions(context, identity)
  return living
    .filter(({ reason }) => reason === 'inputs-spent')
    .map(
      ({ transaction_id }) =>
        `The inputs of the payout transaction ${transaction_id} were spent by another one: its payouts wait until that is final, and are paid then.`,
    )
}
