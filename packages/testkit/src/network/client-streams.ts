import { unavailable } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import { createStream, type Stream } from './stream.ts'

/** The streams of one client of a node. */
export interface ClientStreams {
  /** A stream that ends when the node stops, the connection is cut, or `signal` aborts. */
  open<T>(signal: AbortSignal | undefined): Stream<T> & Disposable
  /** Ends all of them, as the client's `close` does. */
  closeAll(): void
}

/** The streams of a new client of `node`. */
export function createClientStreams(node: NodeState): ClientStreams {
  const ends = new Set<(error: unknown) => void>()
  return {
    open<T>(signal: AbortSignal | undefined) {
      const stream = createStream<T>()
      const end = (error: unknown): void => stream.end(error)
      const abort = (): void => stream.end()
      ends.add(end)
      node.streams.add(end)
      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted) stream.end()
      return {
        ...stream,
        [Symbol.dispose]() {
          ends.delete(end)
          node.streams.delete(end)
          signal?.removeEventListener('abort', abort)
        },
      }
    },
    closeAll() {
      for (const end of ends) {
        end(unavailable('not-started', 'none', 'The client was closed'))
      }
    },
  }
}
