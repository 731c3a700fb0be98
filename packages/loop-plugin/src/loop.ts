import type { DelegatedSwapProvider } from '@payment-node/core'
import { checkDaemon } from './check-daemon.ts'
import { createDaemon } from './daemon.ts'
import { listSwaps, watchSwaps } from './list-swaps.ts'
import { type LoopOptions, readOptions } from './options.ts'
import { quoteSwap, readLimits } from './quote-swap.ts'
import { startSwap } from './start-swap.ts'

/** What {@link loop} makes. */
export interface LoopProvider extends DelegatedSwapProvider {
  /** Ends the connection; the next call opens it again. */
  close(): void
}

/**
 * Lightning Loop: swaps that your loopd makes with the swap server it is configured for. Does no I/O before
 * the first call. loopd must work with the same LND as the payment node: its payments and sweeps are booked
 * from that LND's history.
 *
 * Throws `options.invalid` that names the field.
 */
export function loop(options: LoopOptions): LoopProvider {
  const read = readOptions(options)
  const daemon = createDaemon(read)
  return {
    contractVersion: 1,
    custody: 'delegated',
    name: read.name,
    check: (signal) => checkDaemon(daemon, signal),
    limits: (signal) => readLimits(daemon, signal),
    quote: (amountSat, signal, deadline = Date.now() + read.patienceMilliseconds) =>
      quoteSwap(daemon, amountSat, signal, deadline),
    start: (request, signal) => startSwap(daemon, request, signal),
    list: (signal, label) => listSwaps(daemon, signal, label),
    watch: (signal) => watchSwaps(daemon, signal),
    close: () => daemon.close(),
  }
}
