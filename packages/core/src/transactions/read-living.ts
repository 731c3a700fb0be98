import type { Context, Identity } from '../context.ts'
import { livingTransactions } from '../domain/transaction.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'

/** Transactions that have not come to their end, oldest first: parents before the children that speed them up. */
export async function readLivingTransactions(
  context: Context,
  { publicKey }: Pick<Identity, 'publicKey'>,
): Promise<RowOf<typeof transactions>[]> {
  const pages = await Promise.all(
    livingTransactions.map((state) =>
      context.storage.find(transactions, {
        index: 'state',
        equals: [publicKey, state],
        limit: 1000,
      }),
    ),
  )
  return pages.flat().sort((a, b) => a.created_at - b.created_at)
}
