import { blamesPeer, type OpeningFailure } from './opening.ts'

/** An opening that has ended or not, newest first in a list. */
export interface RecentOpening {
  readonly state: string
  readonly reason: string | null
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

/** Milliseconds. */
const shortest = 60_000
const longest = 3_600_000

/**
 * When the next opening may begin, in milliseconds since 1970. A failure of the peer sends the peer to its
 * cool-down, and the next one is tried at once; one that is nobody's (coins gone, LND's reserve) would
 * come again at once: each in a row makes the pause twice as long, from a minute to an hour. What ended
 * later than `now` was dated by a clock that was ahead, and is passed over: it would stop everything until then.
 */
export function openingPause(newestFirst: readonly RecentOpening[], now: number): number {
  const dated = newestFirst.filter(({ updatedAt }) => updatedAt <= now)
  let failures = 0
  for (const { state, reason } of dated) {
    if (state !== 'failed' || blamesPeer(reason as OpeningFailure)) break
    failures++
  }
  if (failures === 0) return 0
  return dated[0]!.updatedAt + Math.min(longest, shortest * 2 ** (failures - 1))
}
