import { endOnchainPayouts } from '../payouts/end-onchain-payout.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { bookBump } from './book-bump.ts'
import { considerBump } from './consider-bump.ts'
import { handToNetwork } from './hand-to-network.ts'
import {
  markConfirmed,
  markConflicted,
  markFinal,
  markMoved,
  markPublished,
  markReorganized,
  markWaits,
  type Pursuit,
} from './mark-transaction.ts'
import { requireFunding } from './require-funding.ts'

type Transaction = RowOf<typeof transactions>

/** Blocks before an intent in which its inputs cannot have been spent; a reorganization is shorter. */
const margin = 100

/**
 * Looks at what has become of a transaction whose bytes are stored: signed, published or confirmed. What
 * waits for a block is published again, the same bytes, until it is in one.
 */
export async function followTransaction(pursuit: Pursuit, row: Transaction): Promise<void> {
  const { context } = pursuit
  const { onchain } = requireFunding(context)
  const from = Math.max(0, row.since_height - margin)
  const listed = await onchain.transactions(from, pursuit.signal)
  const own = listed.find(({ transactionId }) => transactionId === row.transaction_id)
  if (own && own.confirmations > 0) return inBlock(pursuit, row, own)
  if (row.state === 'confirmed') {
    if (await markReorganized(pursuit, row)) return
    const again = await context.storage.get(transactions, [row.id])
    return again && notInBlock(pursuit, again, listed)
  }
  // The wallet lists what was handed to the network.
  if (row.state === 'signed' && own) {
    await markPublished(pursuit, row)
    return
  }
  return notInBlock(pursuit, row, listed)
}

async function inBlock(pursuit: Pursuit, row: Transaction, own: WalletTransaction): Promise<void> {
  const { context } = pursuit
  const known = context.live.info?.blockHeight ?? 0
  const height = own.blockHeight ?? known - own.confirmations + 1
  if (row.state !== 'confirmed') {
    if (await markConfirmed(pursuit, row, height)) return
  } else if (row.confirmed_height !== height && (await markMoved(pursuit, row, height))) return
  if (own.confirmations < context.settings.transactions.confirmations) return
  const confirmed = await context.storage.get(transactions, [row.id])
  if (confirmed?.state !== 'confirmed') return
  // Its payouts first, each in a change of its own; then what is left is this one.
  await endOnchainPayouts(pursuit, confirmed)
  await markFinal(pursuit, confirmed, await bookBump(pursuit, confirmed))
}

async function notInBlock(
  pursuit: Pursuit,
  row: Transaction,
  listed: readonly WalletTransaction[],
): Promise<void> {
  if (await isOrphaned(pursuit, row)) {
    await markConflicted(pursuit, row)
    return
  }
  const rival = findRival(row, listed)
  const { confirmations } = pursuit.context.settings.transactions
  if (rival && rival.confirmations >= confirmations) {
    await markConflicted(pursuit, row)
    return
  }
  if (rival && rival.confirmations > 0) {
    if (row.reason === 'inputs-spent') return
    pursuit.context.logger.error(
      'the inputs of a payout transaction were spent by another one; its payouts wait until that is final',
      { transaction: row.id, by: rival.transactionId },
    )
    await markWaits(pursuit, row, 'inputs-spent', 'transaction.stuck')
    return
  }
  if (row.state !== 'published') return
  const answer = await handToNetwork(pursuit, row)
  if (answer === 'not-now') return
  // The one that had spent its inputs was reorganized away.
  if (answer === 'accepted' && row.reason === 'inputs-spent') {
    await markWaits(pursuit, row, null)
    return
  }
  await considerBump(pursuit, row, answer === 'accepted')
}

/** What it spends will never be: its parent cannot confirm. */
async function isOrphaned({ context }: Pursuit, { parent }: Transaction): Promise<boolean> {
  if (parent === null) return false
  return (await context.storage.get(transactions, [parent]))?.state === 'conflicted'
}

/** Another transaction of the wallet with one of its inputs; a child of ours spends none of them. */
function findRival(
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
