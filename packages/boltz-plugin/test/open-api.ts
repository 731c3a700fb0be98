import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PaymentNodeError, type SelfCustodialSwapProvider } from '@payment-node/core'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type BoltzOptions, boltz } from '../src/index.ts'

/** What a test's server answers. Text goes out as it is, everything else as JSON. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A request as it came. */
export interface Received {
  readonly method: string
  /** Behind the url, with its query. */
  readonly path: string
  readonly body: unknown
}

/** A server that answers as a test says, and the plugin on it. */
export interface Api {
  readonly provider: SelfCustodialSwapProvider
  readonly received: Received[]
  /** The open WebSockets, oldest first. */
  readonly sockets: WebSocket[]
  /** Text that came over any of them. */
  readonly messages: string[]
}

/** Ended with the test. Without `onSocket` it takes no WebSockets. */
export async function openApi(
  answer: (request: Received) => Answer | Promise<Answer>,
  options: Partial<BoltzOptions> & { readonly onSocket?: (socket: WebSocket) => void } = {},
): Promise<Api> {
  const { onSocket, ...more } = options
  const received: Received[] = []
  const sockets: WebSocket[] = []
  const messages: string[] = []
  const server = createServer(async (request, response) => {
    const body = await read(request)
    const path = (request.url ?? '').replace(/^\/v2/, '')
    const one = { method: request.method ?? '', path, body: body === '' ? {} : JSON.parse(body) }
    received.push(one)
    const { status = 200, headers = {}, body: says = {} } = await answer(one)
    response.writeHead(status, headers)
    response.end(typeof says === 'string' ? says : JSON.stringify(says))
  })
  const lines = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (!onSocket || request.url !== '/v2/ws') return socket.destroy()
    lines.handleUpgrade(request, socket, head, (line) => {
      sockets.push(line)
      line.on('message', (data) => messages.push(data.toString()))
      line.on('error', () => line.terminate())
      onSocket(line)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const line of lines.clients) line.terminate()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const provider = boltz({
    url: `http://127.0.0.1:${port}/v2`,
    name: 'local',
    http: { allow: [{ host: '127.0.0.1', port, insecure: true }] },
    ...more,
  })
  return { provider, received, sockets, messages }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

/** `code reason outcome` of a rejection. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  const error = await errorOf(work)
  const { reason, outcome } = error.details as { reason?: string; outcome?: string }
  return [error.code, reason, outcome].join(' ')
}

/** The library's error that a promise rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<PaymentNodeError> {
  const error: unknown = await work.then(
    (value) => new Error(`resolved with ${String(value)}`),
    (thrown: unknown) => thrown,
  )
  if (PaymentNodeError.is(error)) return error
  throw error
}

/** Prices as a server tells them. */
export const pair = {
  hash: 'ab'.repeat(32),
  rate: 1,
  limits: { minimal: 50_000, maximal: 25_000_000 },
  fees: { percentage: 0.5, minerFees: { lockup: 2772, claim: 1998 } },
}

/** The answer to a creation. */
export const created = {
  id: 'a1B2c3D4e5F6',
  invoice: 'lnbcrt1m1example',
  swapTree: {
    claimLeaf: { version: 192, output: '82012088' },
    refundLeaf: { version: 192, output: '20aa' },
  },
  lockupAddress: 'bcrt1pexample',
  refundPublicKey: `02${'cd'.repeat(32)}`,
  timeoutBlockHeight: 900,
  onchainAmount: 96_728,
}

/** What core asks to create. */
export const newSwap = {
  amountSat: 100_000n,
  priceId: pair.hash,
  paymentHash: '11'.repeat(32),
  claimPublicKey: `03${'22'.repeat(32)}`,
  metadata: '33'.repeat(48),
  invoiceExpirySeconds: 900,
}
