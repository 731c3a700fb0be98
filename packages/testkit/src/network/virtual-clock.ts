import { setImmediate } from 'node:timers'
import type { Clock } from '@payment-node/core'
import { createChangeSignal } from './change-signal.ts'

/** A clock that stands still until somebody moves it. Everything due runs in the order of its time. */
export interface VirtualClock extends Clock {
  /** Moves time forward by `milliseconds` and lets everything that falls due on the way happen. */
  advance(milliseconds: number): Promise<void>
  /**
   * Moves time until `work` settles and returns its result. Fails when more than
   * `limitMilliseconds` (default: one day) of virtual time pass first.
   */
  run<T>(work: Promise<T> | (() => Promise<T>), options?: TimeLimit): Promise<T>
  /**
   * Moves time until `condition` holds. Fails when nothing is left that could make it true, or
   * when more than `limitMilliseconds` (default: one day) of virtual time pass first.
   */
  runUntil(condition: () => boolean, options?: TimeLimit): Promise<void>
  /** Moves time until nobody sleeps any more, except in the background. */
  runUntilIdle(options?: TimeLimit): Promise<void>
  /** The wall clock jumps, in either direction; `monotonic` and all sleepers stay as they are. */
  jumpWallClock(milliseconds: number): void
}

/** How much virtual time a run may take before it counts as a mistake. */
export interface TimeLimit {
  readonly limitMilliseconds?: number
}

/** Options of {@link createVirtualClock}. */
export interface VirtualClockOptions {
  /** Milliseconds since 1970; default 2026-01-01T00:00:00Z. */
  readonly startsAt?: number
  /**
   * Time moves by itself whenever somebody sleeps in the foreground: for code that knows nothing of
   * virtual time, such as a contract suite. Default false.
   */
  readonly isAutomatic?: boolean
}

interface Sleeper {
  readonly at: number
  readonly isBackground: boolean
  wake(): void
}

const day = 86_400_000
/** Turns of the event loop without any sleeper after which waiting on is pointless. */
const patienceTurns = 64

/**
 * Virtual time for tests and simulations. Between two steps the event loop turns once, so that all
 * promise continuations of one moment run before the next moment begins.
 *
 * @example
 * ```ts
 * import { createVirtualClock } from '@payment-node/testkit'
 *
 * const clock = createVirtualClock()
 * await clock.run(() => clock.sleep(3_600_000)) // an hour later, at once
 * ```
 */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const sleepers: Sleeper[] = []
  let elapsed = 0
  let wallOffset = options.startsAt ?? 1_767_225_600_000
  let isPumping = false
  const arrivals = createChangeSignal()

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  function add(sleeper: Sleeper): void {
    let low = 0
    let high = sleepers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sleepers[middle]!.at <= sleeper.at) low = middle + 1
      else high = middle
    }
    sleepers.splice(low, 0, sleeper)
    arrivals.fire()
  }

  /** Wakes the next sleeper, not later than `latest`; false when there is none. */
  function step(latest: number): boolean {
    const next = sleepers[0]
    if (!next || next.at > latest) return false
    sleepers.shift()
    elapsed = Math.max(elapsed, next.at)
    next.wake()
    return true
  }

  function hasForeground(): boolean {
    return sleepers.some((sleeper) => !sleeper.isBackground)
  }

  async function pump(): Promise<void> {
    if (isPumping) return
    isPumping = true
    await turn()
    while (hasForeground()) {
      step(Number.POSITIVE_INFINITY)
      await turn()
    }
    isPumping = false
  }

  function deadline(limit: TimeLimit | undefined): number {
    return elapsed + (limit?.limitMilliseconds ?? day)
  }

  function overrun(latest: number): Error {
    return new Error(`Virtual time ran to its limit (${latest} ms since the start) without an end`)
  }

  return {
    // Whole milliseconds, as every real clock gives them.
    now: () => Math.floor(wallOffset + elapsed),
    monotonic: () => elapsed,

    sleep(milliseconds, signal, background = false) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const sleeper: Sleeper = {
          at: elapsed + Math.max(0, milliseconds),
          isBackground: background,
          wake() {
            signal?.removeEventListener('abort', abort)
            resolve()
          },
        }
        function abort(): void {
          const position = sleepers.indexOf(sleeper)
          if (position >= 0) sleepers.splice(position, 1)
          resolve()
        }
        signal?.addEventListener('abort', abort, { once: true })
        add(sleeper)
        if (options.isAutomatic && !background) void pump()
      })
    },

    async advance(milliseconds) {
      const target = elapsed + milliseconds
      await turn()
      while (step(target)) await turn()
      elapsed = Math.max(elapsed, target)
      await turn()
    },

    async run(work, limit) {
      const latest = deadline(limit)
      const promise = typeof work === 'function' ? work() : work
      let isSettled = false
      const settled = promise.then(
        () => {
          isSettled = true
        },
        () => {
          isSettled = true
        },
      )
      await turn()
      while (!isSettled) {
        if (step(latest)) await turn()
        else if (sleepers.length > 0) throw overrun(latest)
        else await Promise.race([settled, arrivals.wait()])
      }
      return promise
    },

    async runUntil(condition, limit) {
      const latest = deadline(limit)
      let idle = 0
      await turn()
      while (!condition()) {
        if (step(latest)) idle = 0
        else if (sleepers.length > 0) throw overrun(latest)
        else if (++idle > patienceTurns) {
          throw new Error('Nothing is left to happen, and the condition does not hold')
        }
        await turn()
      }
    },

    async runUntilIdle(limit) {
      const latest = deadline(limit)
      await turn()
      while (hasForeground()) {
        if (!step(latest)) throw overrun(latest)
        await turn()
      }
    },

    jumpWallClock(milliseconds) {
      wallOffset += milliseconds
    },
  }
}
