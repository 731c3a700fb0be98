import type { Call, ReplyOf, RequestOf, StreamPath } from './call.ts'
import { requireReady } from './calls/get-state.ts'
import type { Connection, LndStream } from './connection.ts'
import type { Subject } from './error-meanings/meaning.ts'
import { unavailable } from './error-meanings/unavailable.ts'
import { mapError } from './map-error.ts'

/** How a stream is read. */
export interface StreamReading<P extends StreamPath> {
  readonly signal?: AbortSignal | undefined
  readonly subject?: Subject
  /** `calls`: with the unary calls; `streams`: with the subscriptions. */
  readonly beside: 'calls' | 'streams'
  /** Yields an empty batch as soon as LND has taken the subscription. */
  readonly saysSubscribed?: boolean
  /** Replies that are dropped at once, so that they take no place in a batch. */
  readonly skips?: (reply: ReplyOf<P>) => boolean
}

/** Replies that are held for a slow reader before LND is made to wait. */
const mostHeld = 1000

/**
 * The replies of a stream in batches of what has arrived. Ends by returning when `signal` aborts or
 * LND ends the stream well; throws the library's error when it breaks. A rejected credential is
 * re-read once, as for other calls: LND rejects before it does anything.
 */
export async function* readStream<P extends StreamPath>(
  connection: Connection,
  call: Call<P>,
  request: RequestOf<P>,
  reading: StreamReading<P>,
): AsyncGenerator<readonly ReplyOf<P>[], void, undefined> {
  for (let attempt = 1; ; attempt++) {
    if (reading.signal?.aborted) return
    const stream = await connection.stream(call, request, reading.beside)
    const arrivals = collect(stream, reading)
    let isUntouched = true
    try {
      if (reading.saysSubscribed) {
        await subscribed(connection, arrivals, reading)
        if (!reading.signal?.aborted && !arrivals.failure) {
          isUntouched = false
          yield []
        }
      }
      while (await arrivals.next()) {
        isUntouched = false
        yield arrivals.take()
      }
      if (!arrivals.failure) return
    } finally {
      arrivals.stop()
    }
    const { error } = arrivals.failure
    if (attempt === 1 && isUntouched && (await stream.renew(error))) continue
    throw mapError(error, call, reading.subject)
  }
}

/** A loss of the connection is the end of a subscription too when LND ends it well. */
export function endedByLnd(call: Call): Error {
  return unavailable('unreachable', 'none', `LND ended ${call.path}.`)
}

interface Arrivals<P extends StreamPath> {
  /** Why the stream broke; absent while it runs and when it ended well or was aborted. */
  readonly failure: { readonly error: unknown } | undefined
  /** True when something arrived; false when nothing more will. */
  next(): Promise<boolean>
  /** All that arrived. */
  take(): readonly ReplyOf<P>[]
  stop(): void
  /** Resolves when the stream is over. */
  readonly over: Promise<void>
}

function collect<P extends StreamPath>(
  { replies }: LndStream<P>,
  { signal, skips }: StreamReading<P>,
): Arrivals<P> {
  const over = Promise.withResolvers<void>()
  let held: ReplyOf<P>[] = []
  let failure: { error: unknown } | undefined
  let isOver = false
  let wake = (): void => {}

  const end = (failed?: { error: unknown }): void => {
    if (isOver) return
    isOver = true
    failure = failed
    over.resolve()
    wake()
  }
  const abort = (): void => {
    held = []
    end()
  }
  replies.on('data', (reply: ReplyOf<P>) => {
    if (isOver || skips?.(reply)) return
    held.push(reply)
    if (held.length >= mostHeld) replies.pause()
    wake()
  })
  replies.on('error', (error: unknown) => end({ error }))
  replies.on('end', () => end())
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()

  return {
    get failure() {
      return failure
    },
    over: over.promise,
    async next() {
      if (held.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return held.length > 0
    },
    take() {
      const taken = held
      held = []
      replies.resume()
      return taken
    },
    stop() {
      signal?.removeEventListener('abort', abort)
      end()
      replies.cancel()
    },
  }
}

/**
 * LND says nothing on an idle stream. A second call on the same connection shows that the connection
 * lives and that LND, which got the stream first, is ready.
 */
async function subscribed<P extends StreamPath>(
  connection: Connection,
  arrivals: Arrivals<P>,
  { signal }: StreamReading<P>,
): Promise<void> {
  const probe = requireReady(connection, { signal, besideStreams: true })
  await Promise.race([probe, arrivals.over])
  // The stream's own failure says more than the probe's.
  probe.catch(() => {})
}
