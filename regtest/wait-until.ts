import { setTimeout as delay } from 'node:timers/promises'

/** How long to wait, and what to show when it was too long. */
export interface WaitOptions {
  /** Give up after this time, in milliseconds. */
  deadlineMilliseconds?: number
  /** Pause between two looks, in milliseconds. */
  intervalMilliseconds?: number
  /** More about the state of things (the tail of a log), added to the error. */
  describe?: () => string
  /** Ends the wait at once: returns a reason, such as a process that is gone. */
  hopeless?: () => string | undefined
}

/**
 * Looks until `look` returns something other than undefined or false, and returns that. An error
 * thrown by `look` counts as "not yet" and is quoted when the deadline passes.
 */
export async function waitUntil<Found>(
  awaited: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  options: WaitOptions = {},
): Promise<Found> {
  const deadlineMilliseconds = options.deadlineMilliseconds ?? 60_000
  const start = performance.now()
  let lastError: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined && found !== false) return found
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    const hopeless = options.hopeless?.()
    const waited = performance.now() - start
    if (hopeless !== undefined || waited > deadlineMilliseconds) {
      const why = hopeless ?? `nothing after ${Math.round(waited / 1000)} s`
      const error = lastError === undefined ? '' : `\nlast error: ${String(lastError)}`
      const state = options.describe === undefined ? '' : `\n${options.describe()}`
      throw new Error(`awaited: ${awaited}; ${why}${error}${state}`, { cause: lastError })
    }
    await delay(options.intervalMilliseconds ?? 50)
  }
}
