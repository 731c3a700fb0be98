import {
  type LostSwap,
  PaymentNodeError,
  type PaymentNodeOptions,
  rescueSwaps,
  type SelfCustodialSwapProvider,
  type SwapExplanation,
} from '@payment-node/core'
import { readBooks, whyNotRead } from '../books/read-books.ts'

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
    let cursor: string | undefined
    do {
      const page = await room.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
      for (const { id, endedAt } of page.items) {
        if (endedAt === null) living.push(await room.explain(id))
      }
      cursor = page.cursor
    } while (cursor !== undefined)
    return { ...about, swaps: living, says: null }
  })
}

/** How lost swaps are looked for, from the command line. */
export interface LostOptions {
  /** Name of the provider; left out: the only one there is. */
  readonly provider: string | undefined
  readonly to: string | undefined
  readonly feerate: number | undefined
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
  { provider: name, to, feerate, patience, yes }: LostOptions,
): Promise<LostRescue> {
  const provider = chooseProvider(options, name)
  const swapKey = options.keys.swaps
  if (swapKey === undefined) {
    throw new PaymentNodeError(
      'keys.missing',
      'keys.swaps is missing: nothing can be claimed without it.',
      { purpose: 'swaps' },
    )
  }
  const rescue = await rescueSwaps({
    lightning: options.lightning,
    swapKey,
    provider,
    patience: patience * 1000,
    ...(to !== undefined && { destination: to }),
    ...(feerate !== undefined && { feerate }),
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
  return { command: 'rescue', configuration, provider: provider.name, lost }
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
