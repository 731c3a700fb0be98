import type { SwapReport } from '@payment-node/core'
import type { Server } from './server.ts'
import { requireId, type StatusBook } from './status-book.ts'
import { keepLine } from './update-line.ts'

/** Milliseconds between two questions, with a line that lives and without one. */
const askBehindLine = 60_000
const askAlone = 15_000

/**
 * Reports of swaps when they change: over a WebSocket, and by asking behind it, since a line may be silent, lossy or
 * dead. Of several reports about one swap that wait for the reader the last one counts. Ends by throwing when
 * the line is dead and asking fails, too.
 */
export async function* watchSwaps(
  server: Server,
  book: StatusBook,
  providerIds: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<SwapReport, void, undefined> {
  for (const id of providerIds) requireId(server, id)
  if (providerIds.length === 0) return await untilAborted(signal)
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const waiting = new Map<string, SwapReport>()
  const told = new Map<string, string>()
  let failure: { readonly error: unknown } | undefined
  let wake = (): void => {}
  let askSoon = new AbortController()

  const onReport = (report: SwapReport): void => {
    waiting.set(report.providerId, report)
    wake()
  }
  // What was missed in between is asked for at once.
  const line = keepLine(server, providerIds, { onReport, onLost: () => askSoon.abort() }, ended)

  async function poll(): Promise<void> {
    while (!ended.aborted) {
      try {
        for (const report of await book.statuses(providerIds, ended)) onReport(report)
      } catch (error) {
        if (ended.aborted) return
        if (!line.isAlive) {
          failure = { error }
          return wake()
        }
      }
      askSoon = new AbortController()
      const pause = line.isAlive ? askBehindLine : askAlone
      await server.clock.sleep(pause, AbortSignal.any([ended, askSoon.signal]), true)
    }
  }

  signal.addEventListener('abort', () => wake(), { once: true })
  void poll()
  try {
    for (;;) {
      for (const [id, report] of waiting) {
        waiting.delete(id)
        const says = JSON.stringify([report.status, report.lockupTransaction])
        if (told.get(id) === says) continue
        told.set(id, says)
        yield report
        if (signal.aborted) return
      }
      if (signal.aborted) return
      if (failure) throw failure.error
      if (waiting.size > 0) continue
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    ending.abort()
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
