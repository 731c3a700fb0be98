import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'

type Transaction = RowOf<typeof transactions>

/** Blocks before an intent in which its inputs cannot have been spent; a reorganization is shorter. */
const margin = 100

/** The block from which on LND's wallet has to be read for a transaction and what spends its inputs. */
export function ownInputsFrom({ since_height: height }: Transaction): number {
  return Math.max(0, height - margin)
}

/** Another transaction of the wallet with one of its inputs; a child of ours spends none of them. */
export function findRival(
  row: Transaction,
  listed: readonly WalletTransaction[],
): WalletTransaction | undefined {
  const inputs = new Set(row.inputs as string[])
  return listed
    .filter(
      ({ transactionId, spends }) =>
        transactionId !== row.transaction_id && spends.some((outpoint) => inputs.has(outpoint)),
    )
    .sort((a, b) => b.confirmations - a.confirmations)[0]
}

/**
 * Inputs whose coins are in no block: what brought them was reorganized away. `listed`: the wallet's whole
 * history. While there is none it can confirm.
 */
export function findLostInputs(
  { inputs }: Pick<Transaction, 'inputs'>,
  listed: readonly WalletTransaction[],
): string[] {
  const inBlocks = new Set(
    listed.filter(({ confirmations }) => confirmations > 0).map((one) => one.transactionId),
  )
  return (inputs as string[]).filter((outpoint) => !inBlocks.has(outpoint.split(':')[0]!))
}
