import { type Context, identityOf } from '../context.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import { claimsSwap } from '../swaps/claims-swap.ts'
import type { RowOf } from '../tables/table.ts'
import { signedTransactions, transactions } from '../tables/transactions.ts'
import { labelledTransaction } from './transaction-label.ts'

/**
 * Whether these books pay with it, and book it themselves when it is final: they have signed it, or were about
 * to and will take it over. What carries our label and was made by newer books than these is not: to these
 * books it is what other hands did; and so is what they gave up, should it confirm all the same.
 */
export async function isOurs(
  context: Context,
  { label, transactionId }: Pick<WalletTransaction, 'label' | 'transactionId'>,
): Promise<boolean> {
  if (await claimsSwap(context, identityOf(context), { label, transactionId })) return true
  const row = await findRow(context, { label, transactionId })
  if (!row || hasEndedUnpaid(row.state)) return false
  return row.transaction_id === transactionId || row.state === 'intended' || row.state === 'funded'
}

/** These books have signed it, and given it up: if a block has it now, it was paid all the same. Answers its row. */
export async function findRevived(
  context: Context,
  transaction: Pick<WalletTransaction, 'label' | 'transactionId'>,
): Promise<RowOf<typeof transactions> | undefined> {
  const row = await findRow(context, transaction)
  const isSame = row?.transaction_id === transaction.transactionId
  return isSame && hasEndedUnpaid(row.state) ? row : undefined
}

/** By the chain's id; what is not signed yet by these books has its label alone. */
async function findRow(
  context: Context,
  { label, transactionId }: Pick<WalletTransaction, 'label' | 'transactionId'>,
): Promise<RowOf<typeof transactions> | undefined> {
  const { storage } = context
  const signed = await storage.get(signedTransactions, [
    identityOf(context).publicKey,
    transactionId,
  ])
  const id = signed?.transaction ?? labelledTransaction(label)
  return id === undefined ? undefined : storage.get(transactions, [id])
}

function hasEndedUnpaid(state: string): boolean {
  return state === 'given-up' || state === 'conflicted'
}
