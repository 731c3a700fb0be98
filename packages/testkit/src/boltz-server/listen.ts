import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { pathPrefix } from './answer-request.ts'
import type { BoltzServer } from './create-boltz-server.ts'

/** Where a server listens. */
export interface BoltzAddress {
  readonly host: string
  readonly port: number
  /** With the prefix of the API: `http://127.0.0.1:port/v2` */
  readonly url: string
  readonly webSocketUrl: string
}

const largestBody = 1024 * 1024

/** Serves HTTP and WebSockets on a free port of 127.0.0.1. */
export async function listenOnLoopback(
  server: Pick<BoltzServer, 'handle' | 'openWebSocket' | 'isReachable' | 'errors'>,
): Promise<{ readonly address: BoltzAddress; stop(): Promise<void> }> {
  const sockets = new WebSocketServer({ noServer: true })
  const http = createServer((request, response) => {
    serve(server, request, response).catch((error: unknown) => {
      response.writeHead(500).end(JSON.stringify({ error: String(error) }))
    })
  })
  http.on('upgrade', (request, socket, head) => {
    if (request.url !== `${pathPrefix}/ws`) return socket.destroy()
    try {
      const opening = server.openWebSocket({
        message: (text) => line?.send(text),
        close: () => line?.close(),
      })
      let line: { send(text: string): void; close(): void } | undefined
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        line = webSocket
        webSocket.on('message', (data) => opening.send(data.toString()))
        webSocket.on('close', () => opening.end())
        webSocket.on('error', () => webSocket.terminate())
      })
    } catch {
      socket.destroy()
    }
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(0, '127.0.0.1', resolve)
  })
  const { port } = http.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  return {
    address: {
      host,
      port,
      url: `http://${host}${pathPrefix}`,
      webSocketUrl: `ws://${host}${pathPrefix}/ws`,
    },
    async stop() {
      for (const webSocket of sockets.clients) webSocket.terminate()
      sockets.close()
      http.closeAllConnections()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}

async function serve(
  server: Pick<BoltzServer, 'handle'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  const answer = await server.handle({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    body,
  })
  if (answer.kind === 'never') return
  if (answer.kind === 'cut') {
    if (answer.sent === '') return void request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000000' })
    response.write(answer.sent, () => request.socket.destroy())
    return
  }
  response.writeHead(answer.status, { ...answer.headers }).end(answer.body)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > largestBody) throw new Error('The request is too long')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
