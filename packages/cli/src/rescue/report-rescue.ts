import {
  type LostSwap,
  PaymentNodeError,
  type PaymentNodeOptions,
  rescueSwaps,
  type SelfCustodialSwapProvider,
  type Swap,
  type SwapExplanation,
  sat,
} from '@payment-node/core'
import { type BookRooms, readBooks, whyNotRead } from '../books/read-books.ts'

/** What `payment-node rescue --json` prints. */
export interface BooksRescue {
  readonly command: 'rescue'
  /** Path of the configuration file. */
  readonly configuration: string
  /** Swaps that have not ended, newest first; null: the books were not read. */
  readonly swaps: readonly SwapExplanation[] | null
  readonly says: string | null
}

/** The swaps that have not ended, as the books have them. */
export function reportBooks(
  configuration: string,
  options: PaymentNodeOptions,
): Promise<BooksRescue> {
  return readBooks(options, async (books) => {
    const about = { command: 'rescue', configuration } as const
    if (books.state !== 'open') return { ...about, swaps: null, says: whyNotRead(books) }
    const { swaps: room } = books.rooms
    const living: SwapExplanation[] = []
    for await (const { id } of livingSwaps(room)) living.push(await room.explain(id))
    return { ...about, swaps: living, says: null }
  })
}

/** How lost swaps are looked for, from the command line. */
export interface LostOptions {
  /** Name of the provider; left out: the only one there is. */
  readonly provider: string | undefined
  readonly to: string | undefined
  readonly feerate: number | undefined
  /** sat: the most that a claim may cost while its payment may still come back. */
  readonly maximumFee: number | undefined
  /** Seconds. */
  readonly patience: number
  /** Publish. */
  readonly yes: boolean
}

/** What `payment-node rescue --without-books --json` prints. */
export interface LostRescue {
  readonly command: 'rescue'
  readonly configuration: string
  readonly provider: string
  /** Why the books, which are there, could not be read; null: they were, or there are none. */
  readonly booksUnread: string | null
  readonly lost: readonly (LostSwap & {
    /** The claim that was published now; null: none was. */
    readonly published: string | null
    /** Why LND did not take it. */
    readonly failure: string | null
  })[]
}

/** Swaps that the provider knows of our key; claims are published only with `yes`. */
export async function reportLost(
  configuration: string,
  options: PaymentNodeOptions,
  { provider: name, to, feerate, maximumFee, patience, yes }: LostOptions,
): Promise<LostRescue> {
  const provider = chooseProvider(options, name)
  const swapKey = options.keys.swaps
  if (swapKey === undefined || swapKey === 'lost') {
    throw new PaymentNodeError(
      'keys.missing',
      'keys.swaps is missing: nothing can be claimed without it.',
      { purpose: 'swaps' },
    )
  }
  const { destinations, unread } = await readStoredDestinations(options, yes)
  const { swapping } = options
  const rescue = await rescueSwaps({
    lightning: options.lightning,
    swapKey,
    provider,
    patience: patience * 1000,
    storedDestination: (paymentHash) => destinations.get(paymentHash),
    ...(to !== undefined && { destination: to }),
    ...(feerate !== undefined && { feerate }),
    ...(maximumFee !== undefined && { maximumFee: sat(maximumFee) }),
    ...(swapping?.confirmations !== undefined && { confirmations: swapping.confirmations }),
  })
  const lost: LostRescue['lost'][number][] = []
  for (const swap of rescue.swaps) {
    const nothing = { published: null, failure: null }
    if (!yes || swap.state !== 'claimable') {
      lost.push({ ...swap, ...nothing })
      continue
    }
    try {
      lost.push({ ...swap, ...nothing, published: await rescue.publish(swap) })
    } catch (error) {
      // One that LND refuses keeps no other from being claimed.
      const failure = PaymentNodeError.is(error) ? error.message : 'The claim was not published.'
      lost.push({ ...swap, ...nothing, failure })
    }
  }
  const { name: of } = provider
  return { command: 'rescue', configuration, provider: of, booksUnread: unread, lost }
}

/**
 * Where claims of swaps that have not ended pay to, by payment hash: the host knows a claim for its own by that. Books
 * that cannot be read keep nothing from being rescued, unless another process has them open: it claims by itself.
 */
async function readStoredDestinations(
  options: PaymentNodeOptions,
  publishes: boolean,
): Promise<{ readonly destinations: ReadonlyMap<string, string>; readonly unread: string | null }> {
  return readBooks(options, async (books) => {
    const destinations = new Map<string, string>()
    if (books.state === 'in-use' && publishes) {
      throw new PaymentNodeError(
        'storage.in-use',
        whyNotRead(books),
        { where: books.where },
        { advice: 'Stop the host before swaps are claimed without it.' },
      )
    }
    if (books.state !== 'open') {
      const hasNone = books.state === 'empty' || books.state === 'unbound'
      return { destinations, unread: hasNone ? null : whyNotRead(books) }
    }
    for await (const swap of livingSwaps(books.rooms.swaps)) {
      // What a payout's claim does not pay to its partner goes to the wallet; of the partner's share nothing is known here.
      const { destinationKind, restDestination, destination, paymentHash } = swap
      const own = destinationKind === 'payout' ? restDestination : destination
      if (own !== null) destinations.set(paymentHash, own)
    }
    return { destinations, unread: null }
  })
}

async function* livingSwaps(room: BookRooms['swaps']): AsyncGenerator<Swap> {
  let cursor: string | undefined
  do {
    const page = await room.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    for (const swap of page.items) if (swap.endedAt === null) yield swap
    cursor = page.cursor
  } while (cursor !== undefined)
}

function chooseProvider(
  { swaps = [] }: PaymentNodeOptions,
  name: string | undefined,
): SelfCustodialSwapProvider {
  const candidates = swaps.filter((provider) => provider.custody === 'self')
  const chosen = name === undefined ? candidates : candidates.filter((one) => one.name === name)
  if (chosen.length === 1) return chosen[0]!
  const names = candidates.map((one) => one.name).join(', ')
  throw new PaymentNodeError(
    'input.invalid',
    candidates.length === 0
      ? 'No provider is configured (swaps) whose swaps the library claims itself.'
      : `Say which provider with --provider: ${names}.`,
    { field: 'provider', reason: name === undefined ? 'missing' : 'unknown-value' },
  )
}
