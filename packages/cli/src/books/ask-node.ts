import {
  createPaymentNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  silentLogger,
} from '@payment-node/core'
import { lookOnly } from './look-only-storage.ts'
import { readBooks, whyNotRead } from './read-books.ts'
import { usableSources } from './usable-sources.ts'

/** The verbs that ask LND and providers, and store nothing. */
export type AskingRooms = {
  readonly swaps: Pick<PaymentNode['swaps'], 'quote'>
  readonly liquidity: Pick<PaymentNode['liquidity'], 'recommend'>
}

/**
 * Asks the host's LND and providers with the books beside it: begins no work, and nothing is written. Throws
 * `node.unavailable` when LND does not answer.
 */
export async function askNode<R>(
  options: PaymentNodeOptions,
  work: (rooms: AskingRooms) => Promise<R>,
): Promise<R> {
  const problem = await readBooks(options, async (books) =>
    books.state === 'open' ? undefined : whyNotRead(books),
  )
  if (problem !== undefined) {
    throw new PaymentNodeError(
      'storage.unavailable',
      problem,
      { outcome: 'none' },
      { isRetryable: false, advice: 'Start the host once.' },
    )
  }
  const { sources } = await usableSources(options)
  const node = createPaymentNode({
    ...options,
    role: 'api',
    storage: lookOnly(options.storage),
    logger: silentLogger,
    // Nothing is claimed here; a swap key would be bound to the books.
    keys: { invoices: options.keys.invoices },
    channelSources: sources,
    // This process has only just come; the host's LND has not.
    liquidity: { ...options.liquidity, settlePeriod: 0 },
  })
  await node.start()
  try {
    return await work(node)
  } finally {
    await node.stop()
  }
}
