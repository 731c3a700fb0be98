import type { ChannelOpening, KeeperDecision, KeeperStatus, PeerMark } from '@payment-node/core'
import type { BookRooms } from '../books/read-books.ts'
import { describeError, type Trouble } from '../terminal/describe-error.ts'

/**
 * The keeper as the books have it. What it would do at this moment is known to the process that runs
 * it; here it is the last that it decided.
 */
export interface KeeperBooks
  extends Pick<
    KeeperStatus,
    | 'mode'
    | 'isPaused'
    | 'pausedReason'
    | 'minimum'
    | 'wanted'
    | 'active'
    | 'counted'
    | 'belowSince'
    | 'budget'
    | 'list'
    | 'bootstrap'
  > {
  /** null: nothing was decided yet. */
  readonly decision: KeeperDecision | null
  /** Those that have neither opened nor failed. */
  readonly openings: readonly ChannelOpening[]
  /** How many peers are marked, by state. */
  readonly marks: Readonly<Record<PeerMark['state'], number>>
  /** Lists that cannot be used. */
  readonly listTroubles: readonly Trouble[]
}

/** What was decided last, what is under way, whom it leaves alone. */
export async function readKeeper(
  rooms: BookRooms,
  listTroubles: readonly Trouble[],
  limit = 100,
): Promise<KeeperBooks | Trouble> {
  try {
    const status = await rooms.keeper.status({ limit })
    const { items } = await rooms.keeper.decisions({ limit: 1 })
    const openings = await Promise.all(
      (['intended', 'opening', 'pending'] as const).map((state) =>
        rooms.channels.openings({ state, limit: 100 }),
      ),
    )
    const { verdict, reason, says, next, opening, ...books } = status
    return {
      ...books,
      decision: items[0] ?? null,
      openings: openings.flatMap((page) => page.items),
      marks: await countMarks(rooms),
      listTroubles,
    }
  } catch (error) {
    return describeError(error)
  }
}

async function countMarks({ peers }: BookRooms): Promise<KeeperBooks['marks']> {
  const counts = { blacklisted: 0, 'cooling-down': 0, 'closed-by-operator': 0 }
  let cursor: string | undefined
  do {
    const page = await peers.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    for (const { state } of page.items) counts[state]++
    cursor = page.cursor
  } while (cursor !== undefined)
  return counts
}
