import type { Context } from '../context.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import { transactions } from '../tables/transactions.ts'
import { labelledTransaction } from './transaction-label.ts'

/**
 * Whether these books pay with it, and book it themselves when it is final: they have signed it, or were about
 * to and will take it over. What carries our label and was made by newer books than these is not: to these
 * books it is what other hands did.
 */
export async function isOurs(
  { storage }: Context,
  { label, transactionId }: Pick<WalletTransaction, 'label' | 'transactionId'>,
): Promise<boolean> {
  const id = labelledTransaction(label)
  const row = id === undefined ? undefined : await storage.get(transactions, [id])
  if (!row) return false
  return row.transaction_id === transactionId || row.state === 'intended' || row.state === 'funded'
}
