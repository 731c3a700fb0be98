import type { Context, Identity } from '../context.ts'
import { bookChainFee, bookFundingFee, type LedgerTransaction } from '../domain/ledger.ts'
import { bookWalletMove } from '../domain/proof-bookings.ts'
import { isChannelTransaction } from '../domain/wallet-label.ts'
import type { WalletTransaction } from '../ports/node-onchain.ts'
import { channels } from '../tables/channels.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import type { RowOf } from '../tables/table.ts'

/**
 * What is booked of a transaction that is none of ours; undefined where it belongs to something else. `everybody`:
 * also of the fundings of our intents, which book them when the channel is open.
 */
export async function walletFactOf(
  context: Context,
  identity: Identity,
  transaction: WalletTransaction,
  whose: 'others' | 'everybody' = 'others',
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
    if (row?.intent && whose === 'others') return undefined
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
