import type { KeeperDecision, PaymentNodeOptions } from '@payment-node/core'
import { readBooks, whyNotRead } from '../books/read-books.ts'
import type { Trouble } from '../terminal/describe-error.ts'
import { type KeeperBooks, readKeeper } from './read-keeper.ts'

/** What `payment-node keeper --json` prints. */
export interface KeeperReport {
  readonly command: 'keeper'
  /** Path of the configuration file. */
  readonly configuration: string
  /** null: the books were not read. */
  readonly keeper: KeeperBooks | Trouble | null
  /** Why they were not read. */
  readonly says: string | null
}

/** How the keeper stands, with `limit` peers of its list. */
export function reportKeeper(
  configuration: string,
  options: PaymentNodeOptions,
  limit: number,
): Promise<KeeperReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'keeper', configuration } as const
    if (books.state !== 'open') return { ...about, keeper: null, says: whyNotRead(books) }
    const keeper = await readKeeper(books.rooms, books.listTroubles, limit)
    return { ...about, keeper, says: null }
  })
}

/** What `payment-node keeper decisions --json` prints. */
export interface DecisionsReport {
  readonly command: 'keeper decisions'
  readonly configuration: string
  /** Newest first; null: the books were not read. */
  readonly decisions: readonly KeeperDecision[] | null
  readonly says: string | null
}

/** What the keeper decided last, newest first. */
export function reportDecisions(
  configuration: string,
  options: PaymentNodeOptions,
  limit: number,
): Promise<DecisionsReport> {
  return readBooks(options, async (books) => {
    const about = { command: 'keeper decisions', configuration } as const
    if (books.state !== 'open') return { ...about, decisions: null, says: whyNotRead(books) }
    const { items } = await books.rooms.keeper.decisions({ limit })
    return { ...about, decisions: items, says: null }
  })
}
