import type { Context } from '../context.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { transactionOutputs, type transactions } from '../tables/transactions.ts'

/** More than any transaction carries. */
const all = 1000

/** What a transaction pays, in the order of the payouts' ids. */
export function readOutputs(
  context: Context,
  { node, id }: Pick<RowOf<typeof transactions>, 'node' | 'id'>,
): Promise<RowOf<typeof transactionOutputs>[]> {
  const query = { index: 'key', equals: [node, id], limit: all } as const
  return context.storage.find(transactionOutputs, query)
}

/** The payouts that this transaction carries and that have not ended. */
export async function readCarried(
  context: Context,
  transaction: RowOf<typeof transactions>,
): Promise<RowOf<typeof payouts>[]> {
  const outputs = await readOutputs(context, transaction)
  const rows = await Promise.all(
    outputs.map(({ payout }) => context.storage.get(payouts, [payout])),
  )
  return rows.flatMap((row) =>
    row?.state === 'sending' && row.transaction === transaction.id ? [row] : [],
  )
}
