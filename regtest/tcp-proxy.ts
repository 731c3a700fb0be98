import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { findFreePort } from './free-port.ts'

/** What the proxy does with the bytes of every connection, present and future. */
export type ProxyMode =
  /** Forwards everything. */
  | 'pass'
  /** Forwards what the client says and drops what the server answers, from now on. */
  | 'swallow-replies'
  /** Forwards nothing and closes nothing, as a cable cut: connections are half open. */
  | 'blackhole'
  /** Refuses new connections; present ones go on (`cut` ends them). */
  | 'refuse'

/**
 * A TCP proxy between a client and a node's RPC port. TLS hides the content, so a lost reply is made
 * by time, not by reading: `setMode('swallow-replies')`, make the call, see on a peer or over a
 * direct connection that LND acted, then `cut()`. The client then cannot know that LND acted.
 */
export interface TcpProxy extends AsyncDisposable {
  /** `127.0.0.1:port`, for the client. */
  readonly address: string
  readonly mode: ProxyMode
  /** Changes what happens from now on. Leaving `blackhole`, held bytes are delivered. */
  setMode(mode: ProxyMode): Promise<void>
  /** Resets all present connections at once; later ones are treated by `next` (default: pass). */
  cut(next?: ProxyMode): Promise<void>
  /** Cuts after this many more bytes went in that direction, over all connections. */
  cutAfterBytes(bytes: number, direction: 'to-client' | 'to-server'): void
  /** Present connections. */
  connectionCount(): number
  /** Bytes delivered, and bytes that the server sent and the client never got. */
  bytes(): { toServer: number; toClient: number; swallowed: number }
  /** Ends the proxy and its connections. */
  close(): Promise<void>
}

interface Connection {
  readonly client: Socket
  readonly server: Socket
}

/** Starts a proxy for `127.0.0.1:port` or any `host:port`. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const separator = target.lastIndexOf(':')
  const targetAddress = {
    host: target.slice(0, separator),
    port: Number(target.slice(separator + 1)),
  }
  // Not port 0: after `refuse` the same port must be free to listen again.
  const port = await findFreePort()
  const connections = new Set<Connection>()
  const counters = { toServer: 0, toClient: 0, swallowed: 0 }
  const armed: { direction?: 'to-client' | 'to-server'; left: number } = { left: 0 }
  let mode: ProxyMode = 'pass'

  const listener = createServer((client) => {
    const connection = { client, server: connect(targetAddress) }
    connections.add(connection)
    const drop = (): void => {
      connections.delete(connection)
      reset(connection)
    }
    for (const socket of [connection.client, connection.server]) {
      socket.setNoDelay(true)
      // An end of either side ends both: enough for gRPC, which does not half-close.
      socket.on('error', drop).on('close', drop)
    }
    client.on('data', (chunk) => forward(connection, 'to-server', chunk))
    connection.server.on('data', (chunk) => forward(connection, 'to-client', chunk))
    applyMode(connection)
  })

  const forward = (
    connection: Connection,
    direction: 'to-client' | 'to-server',
    chunk: Buffer,
  ): void => {
    if (direction === 'to-client' && mode === 'swallow-replies') {
      counters.swallowed += chunk.length
      return
    }
    const counted = armed.direction === direction
    const passing = counted ? chunk.subarray(0, armed.left) : chunk
    const [source, sink] =
      direction === 'to-client'
        ? [connection.server, connection.client]
        : [connection.client, connection.server]
    counters[direction === 'to-client' ? 'toClient' : 'toServer'] += passing.length
    if (counted) {
      armed.left -= passing.length
      if (armed.left === 0) {
        delete armed.direction
        sink.write(passing, () => cutPresent())
        return
      }
    }
    if (!sink.write(passing)) {
      source.pause()
      sink.once('drain', () => mode !== 'blackhole' && source.resume())
    }
  }

  const applyMode = ({ client, server }: Connection): void => {
    for (const socket of [client, server]) {
      if (mode === 'blackhole') socket.pause()
      else socket.resume()
    }
  }
  const cutPresent = (): void => {
    for (const connection of connections) reset(connection)
    connections.clear()
  }
  const listen = async (): Promise<void> => {
    listener.listen(port, '127.0.0.1')
    await once(listener, 'listening')
  }
  const setMode = async (next: ProxyMode): Promise<void> => {
    mode = next
    if (next === 'refuse' && listener.listening) listener.close()
    if (next !== 'refuse' && !listener.listening) await listen()
    for (const connection of connections) applyMode(connection)
  }
  const close = async (): Promise<void> => {
    cutPresent()
    await setMode('refuse')
  }

  await listen()
  return {
    address: `127.0.0.1:${port}`,
    get mode() {
      return mode
    },
    setMode,
    cut: async (next = 'pass') => {
      cutPresent()
      await setMode(next)
    },
    cutAfterBytes: (bytes, direction) => {
      armed.direction = direction
      armed.left = bytes
    },
    connectionCount: () => connections.size,
    bytes: () => ({ ...counters }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function reset({ client, server }: Connection): void {
  for (const socket of [client, server]) {
    if (!socket.destroyed) socket.resetAndDestroy()
  }
}
