/** Something that was tried, and how it ended or stands; newest first in a list. */
export interface RecentTry {
  /** It ended badly, through nobody whom one could leave out the next time. */
  readonly hasFailed: boolean
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

/** Milliseconds. */
const shortest = 60_000
const longest = 3_600_000

/**
 * When the next try may begin, in milliseconds since 1970; 0: at once. Each failure in a row makes the pause
 * twice as long, from a minute to an hour. What ended later than `now` was dated by a clock that was ahead, and is
 * passed over: it would stop everything until then.
 */
export function pauseAfterFailures(newestFirst: readonly RecentTry[], now: number): number {
  const dated = newestFirst.filter(({ updatedAt }) => updatedAt <= now)
  const success = dated.findIndex(({ hasFailed }) => !hasFailed)
  const failures = success === -1 ? dated.length : success
  if (failures === 0) return 0
  return dated[0]!.updatedAt + Math.min(longest, shortest * 2 ** (failures - 1))
}
