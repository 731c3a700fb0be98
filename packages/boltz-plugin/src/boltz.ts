import type { SelfCustodialSwapProvider } from '@payment-node/core'
import { createSwap } from './create-swap.ts'
import { type BoltzOptions, readOptions } from './options.ts'
import { createPriceList } from './price-list.ts'
import { requestSignature } from './request-signature.ts'
import { restoreSwaps } from './restore-swaps.ts'
import { openServer } from './server.ts'
import { createStatusBook } from './status-book.ts'
import { watchSwaps } from './watch-swaps.ts'

/**
 * A server of Boltz API v2, for reverse swaps: Lightning money goes out, bitcoin on chain come in. Maps the protocol
 * and decides nothing: core verifies all that it says, and holds the keys. Asks nobody before the first call.
 * Throws `options.invalid`.
 *
 * @example
 * ```ts
 * import { boltz } from '@payment-node/boltz-plugin'
 *
 * export const swaps = [
 *   boltz({ url: 'https://swaps.example/v2' }),
 *   boltz({ url: 'https://other.example/api/v2', name: 'other' }),
 * ]
 * ```
 */
export function boltz(options: BoltzOptions): SelfCustodialSwapProvider {
  const server = openServer(readOptions(options))
  const prices = createPriceList(server)
  const book = createStatusBook(server)
  return {
    contractVersion: 1,
    custody: 'self',
    name: server.name,
    url: server.url,
    limits: (signal) => prices.limits(signal),
    quote: (amountSat, signal) => prices.quote(amountSat, signal),
    create: (swap, signal) => createSwap(server, prices, swap, signal),
    status: (providerId, signal) => book.status(providerId, signal),
    watch: (providerIds, signal) => watchSwaps(server, book, providerIds, signal),
    requestClaimSignature: (request, signal) => requestSignature(server, request, signal),
    restore: (extendedPublicKey, signal) => restoreSwaps(server, extendedPublicKey, signal),
  }
}
