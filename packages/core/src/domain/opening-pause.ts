import { pauseAfterFailures } from './failure-pause.ts'
import { blamesPeer, type OpeningFailure } from './opening.ts'

/** An opening that has ended or not, newest first in a list. */
export interface RecentOpening {
  readonly state: string
  readonly reason: string | null
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

/**
 * When the next opening may begin, in milliseconds since 1970. A failure of the peer sends the peer to its
 * cool-down, and the next one is tried at once; one that is nobody's (coins gone, LND's reserve) would
 * come again at once: each in a row makes the pause longer.
 */
export function openingPause(newestFirst: readonly RecentOpening[], now: number): number {
  const tries = newestFirst.map(({ state, reason, updatedAt }) => ({
    hasFailed: state === 'failed' && !blamesPeer(reason as OpeningFailure),
    updatedAt,
  }))
  return pauseAfterFailures(tries, now)
}
