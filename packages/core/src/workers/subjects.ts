import type { SubjectWatch } from '../context.ts'
import type { Clock } from '../ports/clock.ts'

/** Milliseconds after which a watcher looks by itself, should a hint ever be missed. */
const patience = 5000

/** Who waits for which subject's next event. */
export interface Subjects {
  watch(subject: string, signal?: AbortSignal): SubjectWatch
  happened(subject: string): void
  /** Wakes everybody: the node stops. */
  wakeAll(): void
}

export function createSubjects(clock: Clock): Subjects {
  const waiting = new Map<string, Set<() => void>>()
  return {
    watch(subject, signal) {
      const stopping = new AbortController()
      const stop = (): void => stopping.abort()
      const wakers = waiting.get(subject) ?? new Set()
      waiting.set(subject, wakers.add(stop))
      signal?.addEventListener('abort', stop, { once: true })
      if (signal?.aborted) stop()
      return {
        happened: clock.sleep(patience, stopping.signal, true),
        stop() {
          stop()
          signal?.removeEventListener('abort', stop)
          wakers.delete(stop)
          if (wakers.size === 0) waiting.delete(subject)
        },
      }
    },
    happened(subject) {
      for (const wake of waiting.get(subject) ?? []) wake()
    },
    wakeAll() {
      for (const wakers of waiting.values()) for (const wake of wakers) wake()
    },
  }
}
