import { PaymentNodeError } from '../errors.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import type { Pursuit } from './mark-transaction.ts'
import { mayAct } from './may-act.ts'
import { requireFunding } from './require-funding.ts'
import { type TransactionPurpose, transactionLabel } from './transaction-label.ts'

/**
 * Publishes the stored bytes, also again. `refused` says nothing about what an earlier call has done;
 * a lost reply is thrown, and the same bytes are published again later.
 */
export async function handToNetwork(
  pursuit: Pursuit,
  row: RowOf<typeof transactions>,
): Promise<'accepted' | 'refused' | 'not-now'> {
  const { context } = pursuit
  const label = transactionLabel(row.purpose as TransactionPurpose, row.id)
  if (row.raw === null || !mayAct(pursuit)) return 'not-now'
  try {
    await requireFunding(context).onchain.publish(row.raw, label)
    return 'accepted'
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.refused')) throw error
    context.logger.warn('a transaction is refused by the network', {
      transaction: row.id,
      says: error.message,
    })
    return 'refused'
  }
}
