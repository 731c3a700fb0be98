import type { Socket } from 'node:net'
import { Agent, WebSocket } from 'undici'
import type { Clock } from '../ports/clock.ts'
import type { HttpSocket, SocketRequest } from '../ports/http.ts'
import { explainFailure, failedRequest } from './http-errors.ts'
import { type AllowedHost, allowedFor } from './http-options.ts'
import { bareHost, requireUrl } from './judge-url.ts'
import { pinnedConnector, type Resolution } from './pinned-connector.ts'

interface Door extends Resolution {
  readonly clock: Clock
  readonly allow: readonly AllowedHost[]
}

/** A WebSocket with the guard of requests: see the port. It has a connection of its own. */
export async function openSocket(request: SocketRequest, door: Door): Promise<HttpSocket> {
  const { url, purpose, maximumBytes, signal } = request
  const allow = allowedFor(door.allow, purpose)
  const host = bareHost(requireUrl(url.replace(/^ws(?=s?:)/, 'http'), allow).hostname)
  if (signal?.aborted) throw failedRequest(host, 'aborted', 'the caller gave up', 'none')
  const connect = pinnedConnector(allow, door)
  let connection: Socket | undefined
  let refusal: Error | undefined
  const dispatcher = new Agent({
    // The socket's own error says nothing of the connection's.
    connect: (options, callback) =>
      connect(options, (...made: Parameters<typeof callback>) => {
        refusal = made[0] ?? undefined
        connection = made[1] ?? undefined
        callback(...made)
      }),
    webSocket: { maxPayloadSize: maximumBytes },
  })
  const socket = new WebSocket(url, { dispatcher })
  const opening = Promise.withResolvers<void>()
  const patience = new AbortController()
  let state: 'opening' | 'open' | 'closed' = 'opening'

  const end = (error: unknown): void => {
    if (state === 'closed') return
    const wasOpen = state === 'open'
    state = 'closed'
    patience.abort()
    signal?.removeEventListener('abort', abort)
    opening.reject(error)
    // The other side may never answer the closing.
    connection?.destroySoon()
    void dispatcher.destroy().catch(() => {})
    if (wasOpen) request.onClose()
  }
  const abort = (): void => end(failedRequest(host, 'aborted', 'the caller gave up', 'unknown'))
  const brokenOff = (cause?: unknown): Error =>
    failedRequest(host, 'broken-off', 'it takes no WebSocket', 'none', cause)

  socket.addEventListener('open', () => {
    if (state !== 'opening') return
    state = 'open'
    patience.abort()
    opening.resolve()
  })
  socket.addEventListener('message', ({ data }) => {
    if (state !== 'open') return
    if (typeof data === 'string') request.onMessage(data)
    else end(brokenOff())
  })
  socket.addEventListener('error', (event) => {
    const { error } = event as { readonly error?: unknown }
    end(refusal ? explainFailure(host, refusal) : brokenOff(error))
  })
  socket.addEventListener('close', () => end(brokenOff()))
  signal?.addEventListener('abort', abort, { once: true })
  void door.clock.sleep(request.timeout, patience.signal).then(() => {
    if (state !== 'opening') return
    end(failedRequest(host, 'deadline', `not within ${request.timeout} ms`, 'none'))
  })
  await opening.promise
  return {
    send(text) {
      if (state === 'open') socket.send(text)
    },
    close() {
      if (state !== 'open') return
      socket.close()
      end(brokenOff())
    },
  }
}
