import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Api } from './create-api.ts'

/** A server that listens. */
export interface ApiServer {
  /** `http://127.0.0.1:8100` */
  readonly url: string
  /** Takes no more connections, lets running requests end for at most five seconds. */
  close(): Promise<void>
}

/** Milliseconds in which running requests may end. */
const patience = 5000

/**
 * Serves an API with Node's own server. Default host: 127.0.0.1, since it speaks plain HTTP; put a proxy with
 * TLS before it. Port 0 takes a free one.
 */
export async function serveApi(
  api: Pick<Api, 'fetch'>,
  { port, hostname = '127.0.0.1' }: { readonly port: number; readonly hostname?: string },
): Promise<ApiServer> {
  const server = serve({ fetch: api.fetch as never, port, hostname }) as Server
  await once(server, 'listening')
  const { port: listening } = server.address() as AddressInfo
  const host = hostname.includes(':') ? `[${hostname}]` : hostname
  return {
    url: `http://${host}:${listening}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), patience)
      await closed
      clearTimeout(timer)
    },
  }
}
