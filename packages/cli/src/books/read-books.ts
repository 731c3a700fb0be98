import { randomBytes } from 'node:crypto'
import {
  createPaymentNode,
  type PaymentNode,
  PaymentNodeError,
  type PaymentNodeOptions,
  type Storage,
  schema,
  silentLogger,
} from '@payment-node/core'
import { describeError, type Trouble } from '../terminal/describe-error.ts'
import { LeftAlone, lookOnly } from './look-only-storage.ts'
import { type BoundNode, stillNode } from './still-node.ts'
import { usableSources } from './usable-sources.ts'

/** One node that has books in the storage, under the name it was given in the options. */
export interface NamedNode extends BoundNode {
  readonly name: string
}

/** What can be seen of the books without changing anything. */
export type Books =
  /** `bound` is the node of the configured name. */
  | {
      readonly state: 'open'
      readonly bound: NamedNode
      readonly rooms: BookRooms
      /** Lists of peers that cannot be used; the rooms do without them. */
      readonly listTroubles: readonly Trouble[]
    }
  /** There are tables, but no node of the configured name; `others` are there. */
  | { readonly state: 'unbound'; readonly others: readonly NamedNode[] }
  | { readonly state: 'empty' }
  | { readonly state: 'older-schema'; readonly found: number; readonly known: number }
  /** Another process has them open, as while the host runs. */
  | { readonly state: 'in-use'; readonly where: string }
  | { readonly state: 'unreadable'; readonly error: unknown }

/** The rooms that need no Lightning node. */
export type BookRooms = Pick<
  PaymentNode,
  | 'channels'
  | 'keeper'
  | 'ledger'
  | 'liquidity'
  | 'partners'
  | 'payouts'
  | 'peers'
  | 'safety'
  | 'swaps'
  | 'webhooks'
>

/**
 * Looks at the host's books: no migration, no lease, no word to LND, and no key is fetched. They are
 * closed again when `work` has ended.
 */
export async function readBooks<R>(
  options: PaymentNodeOptions,
  work: (books: Books) => Promise<R>,
): Promise<R> {
  const storage = lookOnly(options.storage)
  const { sources, troubles: listTroubles } = await usableSources(options)
  const { channels, caps, liquidity, swaps, swapping } = options
  const node = createPaymentNode({
    ...(options.name !== undefined && { name: options.name }),
    role: 'api',
    lightning: stillNode(),
    storage,
    // That no node answers is no news here.
    logger: silentLogger,
    // Nothing is derived from it: keys are for making invoices.
    keys: { invoices: randomBytes(32) },
    channelSources: sources,
    ...(channels && { channels }),
    ...(caps && { caps }),
    ...(liquidity && { liquidity }),
    // By name: nobody is asked.
    ...(swaps && { swaps }),
    ...(swapping && { swapping }),
  })
  try {
    await node.start()
  } catch (error) {
    return work(whyClosed(error))
  }
  try {
    const found = await namedNodes(storage)
    const bound = found.find(({ name }) => name === (options.name ?? 'main'))
    return await work(
      bound
        ? { state: 'open', bound, rooms: node, listTroubles }
        : { state: 'unbound', others: found },
    )
  } finally {
    await node.stop()
  }
}

function whyClosed(error: unknown): Books {
  if (error instanceof LeftAlone && error.reason === 'empty') return { state: 'empty' }
  if (error instanceof LeftAlone) {
    return { state: 'older-schema', found: error.found, known: error.known }
  }
  if (PaymentNodeError.is(error, 'storage.in-use')) {
    return { state: 'in-use', where: error.details.where }
  }
  return { state: 'unreadable', error }
}

async function namedNodes(storage: Storage): Promise<NamedNode[]> {
  const nodes = schema.tables.find(({ name }) => name === 'nodes')!
  const rows = await storage.find(nodes, { index: 'key', equals: [], limit: 1000 })
  return (rows as unknown as { name: string; node: string; network: string }[]).map((row) => ({
    name: row.name,
    publicKey: row.node,
    network: row.network as BoundNode['network'],
  }))
}

/** Why they are not open, for people. */
export function whyNotRead(books: Exclude<Books, { state: 'open' }>): string {
  switch (books.state) {
    case 'empty':
      return 'Nothing is stored yet.'
    case 'unbound':
      return 'No node is bound to the storage under this name yet.'
    case 'older-schema':
      return `The tables have version ${books.found} and are brought to ${books.known} at the next start.`
    case 'in-use':
      return `The books (${books.where}) are open in another process, as while the host runs.`
    case 'unreadable':
      return describeError(books.error).says
  }
}
