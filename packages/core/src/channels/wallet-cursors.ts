import type { Context, Identity } from '../context.ts'
import { cursors } from '../tables/node.ts'
import { finalAfter } from './book-close-costs.ts'

/** Up to which height the wallet's transactions are booked. */
export const walletReached = 'channel-costs'
/** From the block after this height on, transactions of channels are booked. */
export const channelsBegun = 'channel-costs-begin'
/** The same for what came to the wallet or left it for no channel. */
export const walletBegun = 'wallet-begin'

/** The names of the cursors that are set when the books are bound. Older transactions are in the opening balance. */
export const walletCursors = [walletReached, channelsBegun, walletBegun] as const

/** The block height at which these books first looked at the chain; undefined before. */
export async function booksBegin(
  context: Context,
  { publicKey }: Identity,
): Promise<number | undefined> {
  return (await context.storage.get(cursors, [publicKey, channelsBegun]))?.position
}

/** From which height on the wallet's transactions are booked, and where the newest unbooked ones begin. */
export async function walletBegin(
  context: Context,
  { publicKey }: Identity,
): Promise<{ readonly height: number; readonly readFrom: number } | undefined> {
  const begin = await context.storage.get(cursors, [publicKey, walletBegun])
  const cursor = await context.storage.get(cursors, [publicKey, walletReached])
  if (!begin || !cursor) return undefined
  const height = begin.position
  return { height, readFrom: Math.max(height + 1, cursor.position - finalAfter) }
}
