import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { OnchainWallet } from '../ports/node-onchain.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { findLostInputs, findRival } from './find-rival.ts'
import { type TransactionPurpose, transactionLabel } from './transaction-label.ts'

/** What LND's wallet and its network show of a transaction whose bytes are stored. */
export type ChainSays =
  | 'in-block'
  /** Another one of the wallet has spent an input, and is final: it can never confirm. */
  | 'conflict-final'
  /** It is in the mempool of LND's node. */
  | 'takes-it'
  /** The mempool does not take it, and its inputs are there, or only its fee is too low: it may confirm later. */
  | 'may-confirm'
  /** What brought an input is in no block, and has not been for as long as makes a transaction final. */
  | 'input-lost'
  /** The same, for a shorter time, or nobody knows for how long. */
  | 'input-lost-lately'
  /** LND does not say. */
  | 'silent'

/** Blocks, however few are final here: a shallow reorganization may bring anything back. */
const leastGone = 6

type Transaction = RowOf<typeof transactions>

/** Asks for an operator's verdict: reads the whole wallet, and publishes what was published before once more. */
export async function askChain(context: Context, row: Transaction): Promise<ChainSays> {
  const { onchain } = context.lightning
  if (!onchain || context.live.state !== 'ready') return 'silent'
  try {
    const listed = await onchain.transactions(0)
    const own = listed.find(({ transactionId }) => transactionId === row.transaction_id)
    if (own && own.confirmations > 0) return 'in-block'
    const { confirmations } = context.settings.transactions
    const rival = findRival(row, listed)
    if (rival && rival.confirmations >= confirmations) return 'conflict-final'
    if (row.state === 'published') {
      const refusal = await publishAgain(onchain, row)
      if (refusal === undefined) return 'takes-it'
      // Of what has no inputs a node says so first.
      if (refusal === 'fee-too-low') return 'may-confirm'
    }
    if (findLostInputs(row, listed).length === 0) return 'may-confirm'
    const height = context.live.info?.blockHeight ?? 0
    const since = row.lost_height
    return since !== null && height - since + 1 >= Math.max(confirmations, leastGone)
      ? 'input-lost'
      : 'input-lost-lately'
  } catch (error) {
    if (PaymentNodeError.is(error)) return 'silent'
    throw error
  }
}

/** The same bytes as ever. Answers why they were refused; undefined: they were not. */
async function publishAgain(onchain: OnchainWallet, row: Transaction): Promise<string | undefined> {
  if (row.raw === null) return undefined
  try {
    await onchain.publish(row.raw, transactionLabel(row.purpose as TransactionPurpose, row.id))
    return undefined
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.refused')) return error.details.reason
    throw error
  }
}
