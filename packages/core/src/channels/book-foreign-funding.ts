import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { bookChainFee, bookFundingFee, type LedgerTransaction } from '../domain/ledger.ts'
import { bookWalletMove } from '../domain/proof-bookings.ts'
import { isChannelTransaction } from '../domain/wallet-label.ts'
import { newEvent } from '../events/new-event.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { chargeRevived } from '../payouts/charge-revived.ts'
import type { OnchainWallet, WalletTransaction } from '../ports/node-onchain.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { cursors } from '../tables/node.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { findRevived, isOurs } from '../transactions/is-ours.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { transactionView } from '../transactions/transaction-view.ts'
import { finalAfter } from './book-close-costs.ts'

const [reached, begun, walletBegun] = [
  'channel-costs',
  'channel-costs-begin',
  'wallet-begin',
] as const

/**
 * Names of the cursors that are set when the books are bound: up to which height the wallet was read, and
 * from which on transactions of channels and of the wallet are booked. Older ones are in the opening balance.
 */
export const walletCursors = [reached, begun, walletBegun] as const

/**
 * Books what other hands did with the wallet: the fees of fundings by other programs and of transactions that
 * sped up another one; and what came to the wallet or left it for no channel, which are the operator's
 * deposits and withdrawals. Only what is final, from the block after the first look on (what is
 * older is in the opening balance), read again from some blocks back, and by transaction id, so that a
 * reorganization books nothing twice.
 */
export async function bookForeignFunding(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  wallet: OnchainWallet,
  signal: AbortSignal,
): Promise<void> {
  const height = context.live.info?.blockHeight ?? 0
  const finalHeight = height - finalAfter + 1
  const cursor = await context.storage.get(cursors, [identity.publicKey, reached])
  const begin = await context.storage.get(cursors, [identity.publicKey, begun])
  const base = rowBase(identity)
  const writes: Write[] = []
  const events: NewEvent[] = []
  if (!cursor || !begin) {
    writes.push(
      insert(cursors, { ...base, name: reached, position: height }),
      insert(cursors, { ...base, name: begun, position: height }),
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
      const fact = await factOf(context, identity, transaction)
      if (!fact || (await isBooked(context, identity, fact))) continue
      const revived = await findRevived(context, transaction)
      // First: it is looked at again until the fact is booked.
      if (revived) await chargeRevived(context, identity, leadership, revived)
      if (revived) events.push(await tellRevived(context, identity, revived))
      writes.push(...postTransaction(context, identity, fact))
    }
  }
  if (writes.length === 0) return
  // The next look finds the same again.
  await record(context, { writes, events, fence: leadership.fence }, async () => true)
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

/** The block height at which these books first looked at the chain; undefined before. */
export async function booksBegin(
  context: Context,
  { publicKey }: Identity,
): Promise<number | undefined> {
  return (await context.storage.get(cursors, [publicKey, begun]))?.position
}

/** From which height on the wallet's transactions are booked, and where the newest unbooked ones begin. */
export async function walletBegin(
  context: Context,
  { publicKey }: Identity,
): Promise<{ readonly height: number; readonly readFrom: number } | undefined> {
  const begin = await context.storage.get(cursors, [publicKey, walletBegun])
  const cursor = await context.storage.get(cursors, [publicKey, reached])
  if (!begin || !cursor) return undefined
  const height = begin.position
  return { height, readFrom: Math.max(height + 1, cursor.position - finalAfter) }
}

/** What is booked of a transaction that is none of ours; undefined where it belongs to something else. */
export async function factOf(
  context: Context,
  identity: Identity,
  transaction: WalletTransaction,
): Promise<LedgerTransaction | undefined> {
  const { transactionId, feeSat, label, amountSat } = transaction
  if (!isChannelTransaction(label)) {
    if (await endsChannel(context, identity, transaction)) return undefined
    return bookWalletMove(transactionId, amountSat, feeSat)
  }
  if (feeSat <= 0n) return undefined
  if (label.startsWith('0:openchannel')) {
    const row = await channelOf(context, identity, transactionId)
    // An intent of ours books its own.
    if (row?.intent) return undefined
    return bookFundingFee(row?.channel_point ?? transactionId, transactionId, feeSat * 1000n)
  }
  // Claims of closed channels have inputs that are not the wallet's: LND knows no fee of those.
  if (!label.startsWith('0:sweep')) return undefined
  return bookChainFee(
    'channel-bumped',
    transactionId,
    `transaction/${transactionId}`,
    feeSat * 1000n,
  )
}

/** It spends what a channel was funded with: LND labels only the closes that it published itself. */
async function endsChannel(
  context: Context,
  { publicKey }: Identity,
  { spends }: WalletTransaction,
): Promise<boolean> {
  for (const outpoint of spends) {
    if (await context.storage.get(channels, [publicKey, outpoint])) return true
  }
  return false
}

/** One of the channels that a transaction funded. */
async function channelOf(
  context: Context,
  { publicKey }: Identity,
  transactionId: string,
): Promise<RowOf<typeof channels> | undefined> {
  const [row] = await context.storage.find(channels, {
    index: 'key',
    equals: [publicKey],
    after: [transactionId],
    limit: 1,
  })
  return row?.channel_point.startsWith(`${transactionId}:`) ? row : undefined
}

/** Each fact is booked once, by its id. */
export async function isBooked(
  context: Context,
  { publicKey }: Identity,
  { id }: LedgerTransaction,
): Promise<boolean> {
  return (await context.storage.get(ledgerTransactions, [publicKey, id])) !== undefined
}
