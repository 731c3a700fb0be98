import { endOnchainPayouts } from '../payouts/end-onchain-payout.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { bookBump } from './book-bump.ts'
import { considerBump } from './consider-bump.ts'
import { findRival, ownInputsFrom } from './find-rival.ts'
import { handToNetwork } from './hand-to-network.ts'
import {
  markConfirmed,
  markConflicted,
  markFinal,
  markLost,
  markMoved,
  markPublished,
  markReorganized,
  markWaits,
  type Pursuit,
} from './mark-transaction.ts'
import { noteLostInputs } from './note-lost-inputs.ts'
import { requireFunding } from './require-funding.ts'

type Transaction = RowOf<typeof transactions>

/**
 * Looks at what has become of a transaction whose bytes are stored: signed, published or confirmed. What
 * waits for a block is published again, the same bytes, until it is in one.
 */
export async function followTransaction(pursuit: Pursuit, row: Transaction): Promise<void> {
  const { context } = pursuit
  const { onchain } = requireFunding(context)
  const listed = await onchain.transactions(ownInputsFrom(row), pursuit.signal)
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
  if (answer === 'accepted' && row.lost_height !== null) {
    await markLost(pursuit, row, null)
    return
  }
  // The one that had spent its inputs was reorganized away.
  if (answer === 'accepted' && row.reason === 'inputs-spent') {
    await markWaits(pursuit, row, null)
    return
  }
  if (answer === 'refused' && (await noteLostInputs(pursuit, row))) return
  await considerBump(pursuit, row, answer === 'accepted')
}

/** What it spends will never be: its parent cannot confirm, or was given up. */
async function isOrphaned({ context }: Pursuit, { parent }: Transaction): Promise<boolean> {
  if (parent === null) return false
  const state = (await context.storage.get(transactions, [parent]))?.state
  return state === 'conflicted' || state === 'given-up'
}
