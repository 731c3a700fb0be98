import { Amount } from '../domain/amount.ts'
import type { TransactionState } from '../domain/transaction.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactionOutputs, transactions } from '../tables/transactions.ts'
import type { TransactionPurpose } from './transaction-label.ts'

/** An on-chain transaction that the library makes. Times are milliseconds since 1970. */
export interface OnchainTransaction {
  readonly id: string
  /** `bump`: a child that speeds up `parent`. */
  readonly purpose: TransactionPurpose
  readonly state: TransactionState
  /** Why it waits or ended (`inputs-spent`, `refused`, …); null when there is nothing to say. */
  readonly reason: string | null
  /** The chain's id (txid); null before it is signed. */
  readonly transactionId: string | null
  /** sat/vB that it was made for. */
  readonly feerate: number
  /** What the miners get; null before it is funded. */
  readonly fee: Amount | null
  /** `txid:index`. */
  readonly inputs: readonly string[]
  readonly outputs: readonly TransactionOutput[]
  /** The transaction that a child speeds up. */
  readonly parent: string | null
  /** Of its block; null while it waits for one. */
  readonly confirmedHeight: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** A payout in a transaction. */
export interface TransactionOutput {
  readonly payout: string
  readonly address: string
  readonly amount: Amount
}

export function transactionView(
  row: Omit<RowOf<typeof transactions>, 'revision'>,
  outputs: readonly Omit<RowOf<typeof transactionOutputs>, 'revision'>[],
): OnchainTransaction {
  return {
    id: row.id,
    purpose: row.purpose as TransactionPurpose,
    state: row.state as TransactionState,
    reason: row.reason,
    transactionId: row.transaction_id,
    feerate: row.sat_per_kvb / 1000,
    fee: row.fee_msat === null ? null : new Amount(row.fee_msat),
    inputs: row.inputs as string[],
    outputs: outputs.map(({ payout, address, amount_msat }) => ({
      payout,
      address,
      amount: new Amount(amount_msat),
    })),
    parent: row.parent,
    confirmedHeight: row.confirmed_height,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
