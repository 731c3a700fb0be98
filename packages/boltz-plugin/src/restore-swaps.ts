import type { SwapTerms, UnreadableSwap } from '@payment-node/core'
import { readRestored } from './read-terms.ts'
import type { Server } from './server.ts'

const largestAnswer = 8 * 1024 * 1024
/** The most unused keys in a row that servers look past. */
const gapLimit = 150

/** `POST /swap/restore`: tells the operator which swaps are of one owner. */
export function restoreSwaps(
  server: Server,
  extendedPublicKey: string,
  signal: AbortSignal | undefined,
): Promise<readonly (SwapTerms | UnreadableSwap)[]> {
  return server.ask({
    method: 'POST',
    path: '/swap/restore',
    body: { xpub: extendedPublicKey, gapLimit },
    maximumBytes: largestAnswer,
    signal,
    read: readRestored,
  })
}
