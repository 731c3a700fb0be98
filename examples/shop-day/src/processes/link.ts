import { Readable } from 'node:stream'
import { fromWire, toWire, type WireError } from './wire-error.ts'

/** Node's channel between a process and its child; `serialization: 'advanced'` carries bigint and bytes. */
export interface Channel {
  send(message: Message): void
  onMessage(listener: (message: Message) => void): void
}

/** What this side does for the other one: an answer, or a stream of items. */
export type Served = Readonly<
  Record<string, (given: readonly unknown[], signal: AbortSignal) => unknown>
>

/** Questions and streams in both directions over one channel. */
export interface Link {
  ask(name: string, given: readonly unknown[], signal?: AbortSignal): Promise<unknown>
  follow(
    name: string,
    given: readonly unknown[],
    signal?: AbortSignal,
  ): AsyncGenerator<unknown, void>
  /** The other side is gone: everything that waits for it fails, everything done for it is aborted. */
  close(error: Error): void
}

/** `ask` and `follow` begin something of the sender's number; the others are about one. */
export type Message =
  | Begin
  | { kind: 'abort'; id: number }
  | { kind: 'item'; id: number; value: unknown }
  | { kind: 'end'; id: number; value?: unknown; error?: WireError }

interface Begin {
  kind: 'ask' | 'follow'
  id: number
  name: string
  given: readonly unknown[]
}

export function createLink(channel: Channel, served: Served): Link {
  const asked = new Map<number, PromiseWithResolvers<unknown>>()
  const followed = new Map<number, Readable>()
  const serving = new Map<number, AbortController>()
  let closed: Error | undefined
  let lastId = 0

  const send = (message: Message): void => {
    if (!closed) channel.send(message)
  }

  const begin = (
    kind: 'ask' | 'follow',
    name: string,
    given: readonly unknown[],
    signal: AbortSignal | undefined,
  ): number => {
    if (closed) throw closed
    const id = ++lastId
    send({ kind, id, name, given })
    signal?.addEventListener('abort', () => send({ kind: 'abort', id }), { once: true })
    return id
  }

  async function serve({ kind, id, name, given }: Begin): Promise<void> {
    const stopping = new AbortController()
    serving.set(id, stopping)
    try {
      const work = served[name]
      if (!work) throw new Error(`the other process does not serve ${name}`)
      if (kind === 'ask') {
        send({ kind: 'end', id, value: await work(given, stopping.signal) })
      } else {
        const items = work(given, stopping.signal) as AsyncIterable<unknown>
        for await (const value of items) send({ kind: 'item', id, value })
        send({ kind: 'end', id })
      }
    } catch (error) {
      send({ kind: 'end', id, error: toWire(error) })
    } finally {
      serving.delete(id)
    }
  }

  const end = (id: number, value: unknown, error: Error | undefined): void => {
    const waiting = asked.get(id)
    asked.delete(id)
    if (error) waiting?.reject(error)
    else waiting?.resolve(value)
    const stream = followed.get(id)
    followed.delete(id)
    if (error) stream?.destroy(error)
    else stream?.push(null)
  }

  channel.onMessage((message) => {
    if (message.kind === 'ask' || message.kind === 'follow') void serve(message)
    else if (message.kind === 'abort') serving.get(message.id)?.abort()
    else if (message.kind === 'item') followed.get(message.id)?.push(message.value)
    else if (message.kind === 'end') {
      end(message.id, message.value, message.error && fromWire(message.error))
    }
  })

  return {
    async ask(name, given, signal) {
      const waiting = Promise.withResolvers<unknown>()
      asked.set(begin('ask', name, given, signal), waiting)
      return waiting.promise
    },
    async *follow(name, given, signal) {
      const stream = new Readable({ objectMode: true, read: () => undefined })
      // An error that comes while nobody reads waits for the reader.
      stream.on('error', () => undefined)
      const id = begin('follow', name, given, signal)
      followed.set(id, stream)
      try {
        yield* stream
      } finally {
        if (followed.delete(id)) send({ kind: 'abort', id })
      }
    },
    close(error) {
      closed = error
      for (const id of [...asked.keys(), ...followed.keys()]) end(id, undefined, error)
      for (const stopping of serving.values()) stopping.abort()
    },
  }
}
