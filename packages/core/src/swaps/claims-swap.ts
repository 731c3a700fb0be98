import type { Context, Identity } from '../context.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import { swapClaims, swaps } from '../tables/swaps.ts'
import { labelledSwap } from './swap-label.ts'

/**
 * Whether a transaction of LND's wallet claims a swap of these books, which books it when it is final. One that newer
 * books than these have made for a swap that is under way here is taken over by it, and told by its label.
 */
export async function claimsSwap(
  { storage }: Context,
  { publicKey }: Identity,
  { label, transactionId }: Pick<WalletTransaction, 'label' | 'transactionId'>,
): Promise<boolean> {
  const equals = [publicKey, transactionId]
  const [claim] = await storage.find(swapClaims, { index: 'transaction', equals, limit: 1 })
  if (claim) return true
  const id = labelledSwap(label)
  const row = id === undefined ? undefined : await storage.get(swaps, [id])
  if (row?.node !== publicKey || row.terms === null) return false
  return row.state !== 'failed-unpaid' && row.state !== 'returned'
}
