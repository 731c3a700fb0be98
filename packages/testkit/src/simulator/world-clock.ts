import { setImmediate } from 'node:timers'
import type { TimeLimit, VirtualClock } from '../network/virtual-clock.ts'

/** The virtual clock of a world: as {@link VirtualClock}, made for millions of steps. */
export interface WorldClock extends VirtualClock {
  /**
   * The machine sleeps and wakes so many milliseconds later: whatever was due meanwhile happens now, in
   * its order, and late.
   */
  skip(milliseconds: number): void
}

interface Sleeper {
  readonly at: number
  /** Of two that are due at one time the earlier one wakes first. */
  readonly order: number
  isGone: boolean
  readonly isBackground: boolean
  wake(): void
}

const day = 86_400_000
/** 2026-01-01T00:00:00Z */
const begin = 1_767_225_600_000
/** Steps after which the real event loop turns once, so that a run can be interrupted. */
const stepsPerTurn = 4096

/**
 * Time stands still until somebody moves it. Between two steps all promise continuations run: a tick
 * that was asked for inside a continuation comes when none is left (`process.nextTick`), which costs far less
 * than a turn of the event loop.
 */
export function createWorldClock(): WorldClock {
  const heap: Sleeper[] = []
  let foreground = 0
  let elapsed = 0
  let wallOffset = begin
  let order = 0
  let steps = 0

  const settle = (): Promise<void> =>
    ++steps % stepsPerTurn === 0
      ? new Promise((resolve) => setImmediate(resolve))
      : new Promise((resolve) => process.nextTick(resolve))

  const next = (): Sleeper | undefined => {
    while (heap[0]?.isGone) pop(heap)
    return heap[0]
  }

  /** Wakes the next sleeper, not later than `latest`; false when there is none. */
  const step = (latest: number): boolean => {
    const sleeper = next()
    if (!sleeper || sleeper.at > latest) return false
    pop(heap)
    elapsed = Math.max(elapsed, sleeper.at)
    leave(sleeper)
    sleeper.wake()
    return true
  }

  const leave = (sleeper: Sleeper): void => {
    sleeper.isGone = true
    if (!sleeper.isBackground) foreground--
  }

  const deadline = (limit: TimeLimit | undefined): number =>
    elapsed + (limit?.limitMilliseconds ?? day)

  const overrun = (latest: number): Error =>
    new Error(`Virtual time ran to its limit (${latest} ms since the start) without an end`)

  const clock: WorldClock = {
    now: () => wallOffset + elapsed,
    monotonic: () => elapsed,

    sleep(milliseconds, signal, isBackground = false) {
      if (signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const sleeper: Sleeper = {
          at: elapsed + Math.max(0, milliseconds),
          order: order++,
          isGone: false,
          isBackground,
          wake() {
            signal?.removeEventListener('abort', abort)
            resolve()
          },
        }
        function abort(): void {
          if (sleeper.isGone) return
          leave(sleeper)
          resolve()
        }
        signal?.addEventListener('abort', abort, { once: true })
        if (!isBackground) foreground++
        push(heap, sleeper)
      })
    },

    async advance(milliseconds) {
      const target = elapsed + milliseconds
      await settle()
      while (step(target)) await settle()
      elapsed = Math.max(elapsed, target)
      await settle()
    },

    async run(work, limit) {
      const promise = typeof work === 'function' ? work() : work
      let isSettled = false
      const settled = (): void => {
        isSettled = true
      }
      promise.then(settled, settled)
      await clock.runUntil(() => isSettled, limit)
      return promise
    },

    async runUntil(condition, limit) {
      const latest = deadline(limit)
      let idle = 0
      await settle()
      while (!condition()) {
        if (step(latest)) idle = 0
        else if (next()) throw overrun(latest)
        else if (++idle > 64) {
          throw new Error('Nothing is left to happen, and the condition does not hold')
        } else await new Promise((resolve) => setImmediate(resolve))
        await settle()
      }
    },

    async runUntilIdle(limit) {
      const latest = deadline(limit)
      await settle()
      while (foreground > 0) {
        if (!step(latest)) throw overrun(latest)
        await settle()
      }
    },

    jumpWallClock(milliseconds) {
      wallOffset += milliseconds
    },
    skip(milliseconds) {
      elapsed += milliseconds
    },
  }
  return clock
}

function isBefore(one: Sleeper, other: Sleeper): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

function push(heap: Sleeper[], sleeper: Sleeper): void {
  let at = heap.push(sleeper) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(sleeper, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = sleeper
}

function pop(heap: Sleeper[]): void {
  const last = heap.pop()!
  if (heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
    if (!isBefore(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
