import type { Clock } from './ports/clock.ts'

/** Real time: the default {@link Clock}. */
export const systemClock: Clock = {
  // biome-ignore lint/style/noRestrictedGlobals: this is the door
  now: () => Date.now(),
  // biome-ignore lint/style/noRestrictedGlobals: this is the door
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal, background) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      // biome-ignore lint/style/noRestrictedGlobals: this is the door
      const timer = setTimeout(wake, Math.min(milliseconds, 2 ** 31 - 1))
      if (background) timer.unref()
      signal?.addEventListener('abort', wake, { once: true })
    }),
}
