import type { HttpSocket, SwapReport } from '@payment-node/core'
import { idForm, MalformedAnswer } from './answer-fields.ts'
import { readReport } from './read-report.ts'
import type { Server } from './server.ts'

/** A WebSocket for updates of swaps, opened again and again until it is ended. */
export interface UpdateLine {
  /** Something came over it a short while ago. */
  readonly isAlive: boolean
}

/** What comes over the line. */
export interface UpdateListener {
  onReport(report: SwapReport): void
  /** It was open, and is no longer. */
  onLost(): void
}

const largestMessage = 1024 * 1024
/** The protocol's bound for one message. */
const mostIds = 100
/** Milliseconds: how long the opening may take, how often we ask for a word, and how long without one is dead. */
const openWithin = 20_000
const askEvery = 30_000
const deadAfter = 75_000
/** Milliseconds between two openings, doubled from the first to the last. */
const firstPause = 1_000
const longestPause = 60_000

/** Keeps a line open for these swaps until `signal` aborts. Never throws: without it there is polling. */
export function keepLine(
  server: Server,
  providerIds: readonly string[],
  listener: UpdateListener,
  signal: AbortSignal,
): UpdateLine {
  const { clock } = server
  const wanted = new Set(providerIds)
  let heardAt = Number.NEGATIVE_INFINITY
  let isOpen = false

  /** Resolves when the line is closed again; rejects when it could not be opened. */
  async function openOnce(): Promise<void> {
    const closed = Promise.withResolvers<void>()
    const socket: HttpSocket = await server.http.openSocket!({
      purpose: 'swaps',
      url: `${server.url.replace(/^http/, 'ws')}/ws`,
      timeout: openWithin,
      maximumBytes: largestMessage,
      signal,
      onMessage(text) {
        heardAt = clock.monotonic()
        for (const report of readUpdates(text, wanted)) listener.onReport(report)
      },
      onClose: () => closed.resolve(),
    })
    isOpen = true
    heardAt = clock.monotonic()
    for (let start = 0; start < providerIds.length; start += mostIds) {
      const args = providerIds.slice(start, start + mostIds)
      socket.send(JSON.stringify({ op: 'subscribe', channel: 'swap.update', args }))
    }
    const over = new AbortController()
    void askForWords(socket, over.signal)
    await closed.promise
    over.abort()
    isOpen = false
    if (!signal.aborted) listener.onLost()
  }

  async function askForWords(socket: HttpSocket, over: AbortSignal): Promise<void> {
    for (;;) {
      await clock.sleep(askEvery, over, true)
      if (over.aborted) return
      if (clock.monotonic() - heardAt > deadAfter) return socket.close()
      socket.send(JSON.stringify({ op: 'ping' }))
    }
  }

  async function keep(): Promise<void> {
    for (let pause = firstPause; !signal.aborted; pause = Math.min(pause * 2, longestPause)) {
      try {
        const openedAt = clock.monotonic()
        await openOnce()
        if (clock.monotonic() - openedAt > longestPause) pause = firstPause
      } catch {
        // Polling tells what there is to tell.
      }
      await clock.sleep(pause, signal, true)
    }
  }
  if (server.http.openSocket) void keep()

  return {
    get isAlive() {
      return isOpen && clock.monotonic() - heardAt < deadAfter
    },
  }
}

/** The updates in a message; what is none, and what is about other people's swaps, is left out. */
function readUpdates(text: string, wanted: ReadonlySet<string>): readonly SwapReport[] {
  const message = parse(text)
  if (message?.event !== 'update' || message.channel !== 'swap.update') return []
  if (!Array.isArray(message.args)) return []
  return message.args.flatMap((update: unknown) => {
    const id = (update as { id?: unknown } | null)?.id
    if (typeof id !== 'string' || !idForm.test(id) || !wanted.has(id)) return []
    try {
      return [readReport(id, update)]
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error
      return []
    }
  })
}

function parse(text: string): { event?: unknown; channel?: unknown; args?: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null ? message : undefined
  } catch {
    return undefined
  }
}
