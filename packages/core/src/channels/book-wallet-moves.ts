import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { isChannelTransaction } from '../domain/wallet-label.ts'
import { newEvent } from '../events/new-event.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { chargeRevived } from '../payouts/charge-revived.ts'
import type { OnchainWallet } from '../ports/node-onchain.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { cursors } from '../tables/node.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { findRevived, isOurs } from '../transactions/is-ours.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { transactionView } from '../transactions/transaction-view.ts'
import { finalAfter } from './book-close-costs.ts'
import { channelsBegun, walletBegun, walletReached } from './wallet-cursors.ts'
import { isBooked, walletFactOf } from './wallet-fact.ts'

/**
 * Books what other hands did with the wallet: the fees of fundings by other programs and of transactions that
 * sped up another one; and what came to the wallet or left it for no channel, which are the operator's
 * deposits and withdrawals. Only what is final, from the block after the first look on (what is
 * older is in the opening balance), read again from some blocks back, and by transaction id, so that a
 * reorganization books nothing twice.
 */
export async function bookWalletMoves(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  wallet: OnchainWallet,
  signal: AbortSignal,
): Promise<void> {
  const height = context.live.info?.blockHeight ?? 0
  const finalHeight = height - finalAfter + 1
  const cursor = await context.storage.get(cursors, [identity.publicKey, walletReached])
  const begin = await context.storage.get(cursors, [identity.publicKey, channelsBegun])
  const base = rowBase(identity)
  const writes: Write[] = []
  const events: NewEvent[] = []
  if (!cursor || !begin) {
    writes.push(
      insert(cursors, { ...base, name: walletReached, position: height }),
      insert(cursors, { ...base, name: channelsBegun, position: height }),
    )
  } else if (finalHeight > cursor.position) {
    const from = Math.max(begin.position + 1, cursor.position - finalAfter)
    writes.push(update(cursors, cursor, { position: finalHeight }))
    const wallets = await context.storage.get(cursors, [identity.publicKey, walletBegun])
    if (!wallets) writes.push(insert(cursors, { ...base, name: walletBegun, position: height }))
    for (const transaction of await wallet.transactions(from, signal)) {
      const { blockHeight = Infinity, label } = transaction
      if (blockHeight < from || blockHeight > finalHeight) continue
      if (!isChannelTransaction(label) && blockHeight <= (wallets?.position ?? height)) continue
      if (await isOurs(context, transaction)) continue
      const fact = await walletFactOf(context, identity, transaction)
      if (!fact || (await isBooked(context, identity, fact))) continue
      const revived = await findRevived(context, transaction)
      // First: it is looked at again until the fact is booked.
      if (revived && !(await markRevived(context, leadership, revived))) return
      if (revived) await chargeRevived(context, identity, leadership, revived)
      if (revived) events.push(await tellRevived(context, identity, revived))
      writes.push(...postTransaction(context, identity, fact))
    }
  }
  if (writes.length === 0) return
  // The next look finds the same again.
  await record(context, { writes, events, fence: leadership.fence }, async () => true)
}

/**
 * Before it is charged: an operator's verdict that was decided earlier, and comes later, is refused by it, and
 * would give back what is never looked at again. False: the row has changed; the next look decides.
 */
async function markRevived(
  context: Context,
  { fence }: Leadership,
  row: RowOf<typeof transactions>,
): Promise<boolean> {
  if (row.reason === 'revived') return true
  const set = { reason: 'revived', updated_at: context.clock.now() }
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(transactions, [row.id]))?.reason === 'revived'
  return !(await record(context, { writes: [update(transactions, row, set)], fence }, isApplied))
}

/** Never silently: an operator had given it up, or its inputs seemed spent. */
async function tellRevived(
  context: Context,
  identity: Identity,
  row: RowOf<typeof transactions>,
): Promise<NewEvent> {
  const transaction = transactionView(row, await readOutputs(context, row))
  context.logger.error('a transaction that was given up has confirmed: booked as the operator’s', {
    transaction: row.id,
    transactionId: row.transaction_id,
  })
  const subject = `transaction/${row.id}`
  return newEvent(context, identity, 'transaction.revived', subject, { transaction })
}
