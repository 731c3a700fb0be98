import type { Clock } from '../ports/clock.ts'

/** Lets a worker sleep until its time or until somebody rings; a ring while it works is not lost. */
export interface Bell {
  ring(): void
  /** Milliseconds. Returns at once when it was rung since the last wait. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function createBell(clock: Clock): Bell {
  let isRung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      isRung = true
      wake?.()
    },
    async wait(milliseconds, signal) {
      if (!isRung && !signal.aborted) {
        const waking = new AbortController()
        // With a reason of its own an abort makes no error with a stack.
        wake = () => waking.abort('rung')
        signal.addEventListener('abort', wake, { once: true })
        await clock.sleep(milliseconds, waking.signal)
        signal.removeEventListener('abort', wake)
        wake = undefined
      }
      isRung = false
    },
  }
}
