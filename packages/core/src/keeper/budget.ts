import type { Context, Identity } from '../context.ts'
import { spending } from '../tables/channel-intents.ts'

/** What openings are counted under. */
export const openingPurpose = 'openings'

/** What was spent or reserved in a period, in msat. */
export async function readSpent(
  context: Context,
  identity: Identity,
  period: string,
): Promise<bigint> {
  const row = await context.storage.get(spending, [identity.publicKey, openingPurpose, period])
  return row?.amount_msat ?? 0n
}
