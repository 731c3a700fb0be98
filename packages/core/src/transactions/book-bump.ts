import { bookChainFee } from '../domain/ledger.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { Write } from '../ports/storage.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import type { Pursuit } from './mark-transaction.ts'

/** The fee of a child that sped up another transaction: the operator's, booked when it is final. */
export async function bookBump(
  { context, identity }: Pursuit,
  { purpose, transaction_id, fee_msat }: RowOf<typeof transactions>,
): Promise<Write[]> {
  if (purpose !== 'bump' || transaction_id === null || !fee_msat) return []
  const subject = `transaction/${transaction_id}`
  const fact = bookChainFee('transaction-bumped', transaction_id, subject, fee_msat)
  return postTransaction(context, identity, fact)
}
