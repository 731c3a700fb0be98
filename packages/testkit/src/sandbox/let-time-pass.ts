import { setTimeout } from 'node:timers/promises'
import type { VirtualClock } from '../network/virtual-clock.ts'

/** Milliseconds between two looks at the real clock. */
const tick = 4

/**
 * Moves a virtual clock along with real time, until `signal` aborts. Meanwhile `advance` may take it
 * further ahead.
 */
export async function letTimePass(clock: VirtualClock, signal: AbortSignal): Promise<void> {
  let last = performance.now()
  while (!signal.aborted) {
    await setTimeout(tick)
    const now = performance.now()
    await clock.advance(now - last)
    last = now
  }
}
