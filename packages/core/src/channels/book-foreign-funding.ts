import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { bookChainFee, bookFundingFee, type LedgerTransaction } from '../domain/ledger.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { OnchainWallet, WalletTransaction } from '../ports/node-onchain.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { cursors } from '../tables/node.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import { finalAfter } from './book-close-costs.ts'

const [reached, begun] = ['channel-costs', 'channel-costs-begin'] as const

/**
 * Books the fees of channel transactions that no intent of ours knows: fundings by other programs, and
 * transactions that sped up another one. Only what is final, from the block after the first look on (what is
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
  if (!cursor || !begin) {
    writes.push(
      insert(cursors, { ...base, name: reached, position: height }),
      insert(cursors, { ...base, name: begun, position: height }),
    )
  } else if (finalHeight > cursor.position) {
    const from = Math.max(begin.position + 1, cursor.position - finalAfter)
    writes.push(update(cursors, cursor, { position: finalHeight }))
    for (const transaction of await wallet.transactions(from, signal)) {
      const { blockHeight = Infinity } = transaction
      if (blockHeight < from || blockHeight > finalHeight) continue
      const fact = await factOf(context, identity, transaction)
      if (!fact || (await isBooked(context, identity, fact))) continue
      writes.push(...postTransaction(context, identity, fact))
    }
  }
  if (writes.length === 0) return
  // The next look finds the same again.
  await record(context, { writes, fence: leadership.fence }, async () => true)
}

async function factOf(
  context: Context,
  identity: Identity,
  transaction: WalletTransaction,
): Promise<LedgerTransaction | undefined> {
  const { transactionId, feeSat, label } = transaction
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

async function isBooked(
  context: Context,
  { publicKey }: Identity,
  { id }: LedgerTransaction,
): Promise<boolean> {
  return (await context.storage.get(ledgerTransactions, [publicKey, id])) !== undefined
}
