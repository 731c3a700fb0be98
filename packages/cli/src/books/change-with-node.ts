import {
  createPaymentNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  silentLogger,
} from '@payment-node/core'
import { readBooks, whyNotRead } from './read-books.ts'
import { usableSources } from './usable-sources.ts'

/** The verbs that look at LND and change the books. */
export type DecidingRooms = {
  readonly swaps: Pick<PaymentNode['swaps'], 'giveUp'>
}

/**
 * Opens the host's books to change them by what LND says: only those that are there and need no migration, and
 * without beginning any work. Throws `storage.in-use` while the host has them open, where the engine lets one process
 * in, and `node.unavailable` when LND does not answer.
 */
export async function changeWithNode<R>(
  options: PaymentNodeOptions,
  work: (rooms: DecidingRooms) => Promise<R>,
): Promise<R> {
  const problem = await readBooks(options, async (books) =>
    books.state === 'open' ? undefined : whyNotRead(books),
  )
  if (problem !== undefined) {
    throw new PaymentNodeError(
      'storage.unavailable',
      problem,
      { outcome: 'none' },
      { isRetryable: false, advice: 'Nothing was changed.' },
    )
  }
  const { sources } = await usableSources(options)
  const node = createPaymentNode({
    ...options,
    role: 'api',
    logger: silentLogger,
    // No swap is made or claimed here.
    keys: { invoices: options.keys.invoices },
    channelSources: sources,
  })
  try {
    await node.start()
  } catch (error) {
    if (!PaymentNodeError.is(error, 'storage.in-use')) throw error
    const says = `The books (${error.details.where}) are open in another process, as while the host runs.`
    throw new PaymentNodeError('storage.in-use', says, error.details, {
      advice: 'Call the same verb of the running host (node.swaps), or stop it first.',
      cause: error,
    })
  }
  try {
    return await work(node)
  } finally {
    await node.stop()
  }
}
