import type { Write } from '../ports/storage.ts'
import { swapClaims } from '../tables/swaps.ts'
import { update } from '../tables/table.ts'
import type { SwapRow } from './mark-swap.ts'
import type { ReadSpending } from './read-spending.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/** What a claim has left to miners, in msat; 0n when somebody else has the lockup. */
export function claimFeeOf(
  { lockup_msat: lockupMsat }: Pick<SwapRow, 'lockup_msat'>,
  { receivedSat }: Pick<ReadSpending, 'receivedSat'>,
): bigint {
  return receivedSat === undefined ? 0n : (lockupMsat ?? 0n) - receivedSat * 1000n
}

/** Notes the block of a claim that is buried; nothing for one that books which were lost have made. */
export async function confirmClaim(
  { context, identity }: SwapPursuit,
  { transactionId, blockHeight }: Pick<ReadSpending, 'transactionId' | 'blockHeight'>,
): Promise<Write[]> {
  const equals = [identity.publicKey, transactionId]
  const [claim] = await context.storage.find(swapClaims, {
    index: 'transaction',
    equals,
    limit: 1,
  })
  return claim ? [update(swapClaims, claim, { confirmed_height: blockHeight })] : []
}
