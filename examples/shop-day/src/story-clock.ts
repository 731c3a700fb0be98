import type { Clock } from '@payment-node/core'

/** What several processes must know to read the same time. */
export interface StoryTime {
  /** Milliseconds since 1970 at which the story begins. */
  readonly startsAt: number
  /** Seconds of the story per second of real time. */
  readonly speed: number
  /** Real time of the beginning, milliseconds since 1970. */
  readonly began: number
  /** Milliseconds that the story's wall clock has skipped so far. */
  readonly skipped: number
}

/** Time of the story: it runs faster than real time, and its wall clock can skip what is dull. */
export interface StoryClock extends Clock {
  readonly time: StoryTime
  /** Moves the wall clock forward at once. Who sleeps goes on sleeping, as when a machine was suspended. */
  skip(milliseconds: number): void
}

export function createStoryClock(time: StoryTime): StoryClock {
  const { startsAt, speed, began } = time
  let { skipped } = time
  // Date.now() is too coarse for a fast story.
  const elapsed = (): number => (performance.timeOrigin + performance.now() - began) * speed
  return {
    get time() {
      return { ...time, skipped }
    },
    skip(milliseconds) {
      skipped += milliseconds
    },
    now: () => Math.round(startsAt + elapsed() + skipped),
    monotonic: elapsed,
    sleep: (milliseconds, signal, background) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const wake = (): void => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, milliseconds / speed)
        if (background) timer.unref()
        signal?.addEventListener('abort', wake, { once: true })
      }),
  }
}
