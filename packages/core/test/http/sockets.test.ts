import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import {
  type HttpOptions,
  openHttp,
  PaymentNodeError,
  type SocketRequest,
} from '@payment-node/core'
import { expect, onTestFinished, test } from 'vitest'

/** A server of WebSockets (RFC 6455), as far as a test needs one. */
interface LineServer {
  readonly port: number
  /** The connection of the newest socket. */
  connection(): Promise<Socket>
}

async function openServer(answers = true): Promise<LineServer> {
  const connected = Promise.withResolvers<Socket>()
  const all = new Set<Socket>()
  const server = createServer((_request, response) => response.writeHead(200).end('no upgrade'))
  server.on('connection', (socket) => all.add(socket))
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {})
    if (!answers) return
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(`${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    // Unread, its end would not be noticed.
    socket.resume()
    socket.on('end', () => socket.end())
    connected.resolve(socket as Socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of all) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, connection: () => connected.promise }
}

/** An unmasked frame of less than 65,536 bytes. */
function frame(opcode: number, text: string): Buffer {
  const body = Buffer.from(text)
  const head =
    body.length < 126
      ? Buffer.from([0x80 | opcode, body.length])
      : Buffer.from([0x80 | opcode, 126, body.length >> 8, body.length & 255])
  return Buffer.concat([head, body])
}

interface Line {
  readonly messages: string[]
  readonly closed: Promise<void>
  send(text: string): void
  close(): void
}

async function open(
  url: string,
  allow: HttpOptions['allow'],
  more: Partial<SocketRequest> = {},
): Promise<Line> {
  const messages: string[] = []
  const closed = Promise.withResolvers<void>()
  const socket = await openHttp({ allow: allow ?? [] }).openSocket!({
    purpose: 'swaps',
    url,
    timeout: 5000,
    maximumBytes: 1000,
    onMessage: (text) => messages.push(text),
    onClose: () => closed.resolve(),
    ...more,
  })
  return { messages, closed: closed.promise, ...socket }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => 'opened',
    (thrown: unknown) => thrown,
  )
  if (!PaymentNodeError.is(error)) return String(error)
  return `${error.code} ${(error.details as { reason?: string }).reason}`
}

const local = (port: number, more: object = {}): HttpOptions['allow'] => [
  { host: '127.0.0.1', port, insecure: true, ...more },
]

test('sockets keep the rules of requests: TLS, public addresses, exceptions by purpose', async () => {
  const { port } = await openServer()
  const outcomes = {
    plain: await refusal(open(`ws://127.0.0.1:${port}/`, [])),
    private: await refusal(open(`wss://127.0.0.1:${port}/`, [])),
    'another purpose': await refusal(
      open(`ws://127.0.0.1:${port}/`, local(port, { for: ['webhooks'] })),
    ),
    'no purpose': await refusal(
      open(`ws://127.0.0.1:${port}/`, local(port), { purpose: undefined } as never),
    ),
    password: await refusal(open(`ws://me:secret@127.0.0.1:${port}/`, local(port))),
    'another scheme': await refusal(open(`ftp://127.0.0.1:${port}/`, local(port))),
    'no url': await refusal(open('here', local(port))),
    'given up before': await refusal(
      open(`ws://127.0.0.1:${port}/`, local(port), { signal: AbortSignal.abort() }),
    ),
  }
  expect(outcomes).toEqual({
    plain: 'http.refused insecure',
    private: 'http.refused address',
    'another purpose': 'http.refused insecure',
    'no purpose': 'http.refused insecure',
    password: 'http.refused user-name',
    'another scheme': 'http.refused scheme',
    'no url': 'http.refused malformed',
    'given up before': 'http.failed aborted',
  })
})

test('what comes at once is not missed, and each side may close', async () => {
  const server = await openServer()
  const line = await open(`ws://127.0.0.1:${server.port}/`, local(server.port))
  const connection = await server.connection()
  const received = new Promise<Buffer>((resolve) => connection.once('data', resolve))
  line.send('hello')
  // Masked text of five bytes.
  expect([...(await received).subarray(0, 2)]).toEqual([0x81, 0x85])
  connection.write(Buffer.concat([frame(1, 'one'), frame(1, 'two')]))
  await expect.poll(() => line.messages).toEqual(['one', 'two'])
  connection.destroy()
  await line.closed
  line.send('into nothing')

  const other = await openServer()
  const second = await open(`ws://127.0.0.1:${other.port}/`, local(other.port))
  const ended = new Promise((resolve) => other.connection().then((it) => it.once('close', resolve)))
  second.close()
  await second.closed
  await ended
})

test('too large a message, bytes instead of text, and a signal end a socket', async () => {
  for (const sent of [frame(1, 'x'.repeat(1001)), frame(2, 'bytes')]) {
    const server = await openServer()
    const line = await open(`ws://127.0.0.1:${server.port}/`, local(server.port))
    const connection = await server.connection()
    connection.write(sent)
    await line.closed
    expect(line.messages).toEqual([])
  }
  const server = await openServer()
  const stop = new AbortController()
  const line = await open(`ws://127.0.0.1:${server.port}/`, local(server.port), {
    signal: stop.signal,
  })
  stop.abort()
  await line.closed
})

test('who takes no WebSocket, or never answers, is left in time', async () => {
  const silent = await openServer(false)
  const page = createServer((_request, response) => response.writeHead(200).end('a page'))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void page.close(() => resolve())))
  const { port } = page.address() as AddressInfo
  page.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(
    await refusal(open(`ws://127.0.0.1:${silent.port}/`, local(silent.port), { timeout: 50 })),
  ).toBe('http.failed deadline')
  expect(await refusal(open(`ws://127.0.0.1:${port}/`, local(port)))).toMatch(/^http\.failed /)
})
