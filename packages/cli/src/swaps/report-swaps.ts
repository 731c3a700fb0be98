import type {
  PaymentNodeOptions,
  Swap,
  SwapExplanation,
  SwapFilter,
  SwapOffer,
  SwapProviderHealth,
} from '@payment-node/core'
import { askNode } from '../books/ask-node.ts'
import { readBooks, whyNotRead } from '../books/read-books.ts'

/** What `payment-node swaps --json` prints. */
export interface SwapsReport {
  readonly command: 'swaps'
  /** Path of the configuration file. */
  readonly configuration: string
  /** Of the configuration, with how they have done; null: the books were not read. */
  readonly providers: readonly SwapProviderHealth[] | null
  /** Newest first. */
  readonly swaps: readonly Swap[] | null
  /** Why they were not read. */
  readonly says: string | null
}

/** The providers and the newest swaps, from the books. */
export function reportSwaps(
  configuration: string,
  options: PaymentNodeOptions,
  filter: SwapFilter,
): Promise<SwapsReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'swaps', configuration } as const
    if (books.state !== 'open') {
      return { ...about, providers: null, swaps: null, says: whyNotRead(books) }
    }
    const { swaps: room } = books.rooms
    const { items } = await room.list(filter)
    return { ...about, providers: await room.providers(), swaps: items, says: null }
  })
}

/** What `payment-node swaps explain --json` prints. */
export interface SwapReport {
  readonly command: 'swaps explain'
  readonly configuration: string
  /** null: the books were not read. */
  readonly explanation: SwapExplanation | null
  readonly says: string | null
}

/** The whole story of a swap; LND is asked for the height of the chain, and may be away. */
export function reportSwap(
  configuration: string,
  options: PaymentNodeOptions,
  id: string,
): Promise<SwapReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'swaps explain', configuration } as const
    if (books.state !== 'open') return { ...about, explanation: null, says: whyNotRead(books) }
    const explanation = await books.rooms.swaps.explain(id)
    const blocksLeft = await countBlocks(options, explanation.swap)
    return { ...about, explanation: { ...explanation, blocksLeft }, says: null }
  })
}

async function countBlocks(
  { lightning }: PaymentNodeOptions,
  { timeoutHeight, endedAt }: Swap,
): Promise<number | null> {
  if (timeoutHeight === null || endedAt !== null) return null
  const info = await lightning.getInfo().catch(() => undefined)
  return info ? timeoutHeight - info.blockHeight : null
}

/** What `payment-node swaps quote --json` prints. */
export interface QuoteReport {
  readonly command: 'swaps quote'
  readonly configuration: string
  readonly amount: string
  /** The cheapest acceptable one first. */
  readonly offers: readonly SwapOffer[]
}

/** What every provider asks for the amount, all in. */
export async function reportQuote(
  configuration: string,
  options: PaymentNodeOptions,
  amount: string,
): Promise<QuoteReport> {
  const offers = await askNode(options, ({ swaps }) => swaps.quote({ amount }))
  return { command: 'swaps quote', configuration, amount, offers }
}
