import { randomBytes } from 'node:crypto'
import {
  createPaymentNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  silentLogger,
} from '@payment-node/core'
import { readBooks, whyNotRead } from './read-books.ts'
import { stillNode } from './still-node.ts'

/** The rooms whose verbs change only the books. */
export type ChangingRooms = Pick<PaymentNode, 'keeper' | 'liquidity' | 'peers'>

/**
 * Opens the host's books to change them: only those that are there and need no migration, and without
 * a word to LND. Throws `storage.in-use` while the host has them open, where the engine lets one process in.
 */
export async function changeBooks<R>(
  options: PaymentNodeOptions,
  work: (rooms: ChangingRooms) => Promise<R>,
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
  const node = createPaymentNode({
    ...(options.name !== undefined && { name: options.name }),
    // Begins no work, and says nothing about a node that is not asked.
    role: 'api',
    lightning: stillNode(),
    storage: options.storage,
    logger: silentLogger,
    keys: { invoices: randomBytes(32) },
  })
  try {
    await node.start()
  } catch (error) {
    if (!PaymentNodeError.is(error, 'storage.in-use')) throw error
    const says = `The books (${error.details.where}) are open in another process, as while the host runs.`
    throw new PaymentNodeError('storage.in-use', says, error.details, {
      advice:
        'Call the same verb of the running host (node.keeper, node.liquidity, node.peers), or stop it first.',
      cause: error,
    })
  }
  try {
    return await work(node)
  } finally {
    await node.stop()
  }
}
