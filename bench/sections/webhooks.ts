import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Section } from '../bench.ts'
import type { Listening, Settle, Settled } from '../programs/settled-lnd.ts'
import type {
  WebhookShopArgument,
  WebhookShopHears,
  WebhookShopSays,
} from '../programs/webhook-shop.ts'
import { type Program, startProgram } from '../start-program.ts'
import { median, percentile } from '../statistics.ts'

const settlements = 2000
const perSecond = 100
const warmUp = 100
const backlog = 100_000
const burst = 2000
const rounds = 3

/** From LND's word to the receiver, and a receiver beside one that is away. */
export const webhooks: Section = {
  name: 'webhooks',
  says: `settlement to webhook at ${perSecond}/s on SQLite; ${backlog.toLocaleString('en-US')} events for an endpoint that is away`,
  async measure({ folder, report }) {
    const arrived = new Map<string, number>()
    await using receiver = await openReceiver(arrived)
    await using server = startProgram<Listening | Settled, Settle>('settled-lnd', {})
    const at = (await server.listen()) as Listening
    const argument: WebhookShopArgument = {
      ...at,
      file: join(await folder(), 'payments.db'),
      url: receiver.url,
      deadUrl: `http://127.0.0.1:${await unusedPort()}/`,
    }
    await using shop = startProgram<WebhookShopSays, WebhookShopHears>('webhook-shop', argument)
    await shop.listen()

    report(`webhooks: ${settlements} settlements in ${settlements / perSecond} s`)
    await ask(shop, { create: settlements })
    server.tell({ settle: true, perSecond })
    const { at: settledAt } = (await server.listen()) as Settled
    const hashes = Object.keys(settledAt!)
    await receiver.until(() => hashes.every((hash) => arrived.has(hash)))
    shop.tell({ heard: true })
    const heard = await shop.listen()
    if (heard.is !== 'heard') throw new Error(`${heard.is} instead of heard`)
    const listened = hashes.slice(warmUp).map((hash) => heard.at[hash]! - settledAt![hash]!)
    const delays = hashes.slice(warmUp).map((hash) => arrived.get(hash)! - settledAt![hash]!)

    const rateOf = async (): Promise<number> => {
      arrived.clear()
      const start = performance.now()
      await ask(shop, { log: burst, type: 'keeper.resumed' })
      await receiver.until(() => arrived.size === burst)
      return burst / ((performance.now() - start) / 1000)
    }
    const rates = async (): Promise<number> => {
      const found: number[] = []
      for (let round = 0; round < rounds; round++) found.push(await rateOf())
      return median(found)
    }
    await rateOf()
    const before = await sizeOf(shop)
    const alone = await rates()
    report(`webhooks: ${backlog} events for an endpoint where nobody listens`)
    await ask(shop, { log: backlog, type: 'keeper.paused' })
    const after = await sizeOf(shop)
    const beside = await rates()
    const end = await sizeOf(shop)

    const section = webhooks.name
    const what = "settlement to webhook's first byte"
    const share = (value: number) => ({ value: percentile(delays, value), unit: 'ms' as const })
    const size = (value: number) => ({ value, unit: 'MB' as const })
    const rate = (value: number) => ({ value, unit: 'per second' as const })
    return [
      { section, what: `${what}, p50`, ...share(0.5) },
      { section, what: `${what}, p99`, ...share(0.99), target: { atMost: 250 } },
      { section, what: `${what}, slowest of ${delays.length}`, ...share(1) },
      {
        section,
        what: 'settlement to a listener in the process, p99',
        value: percentile(listened, 0.99),
        unit: 'ms',
        isReference: true,
      },
      { section, what: 'deliveries to a receiver', ...rate(alone) },
      { section, what: 'the same beside 100,000 for one that is away', ...rate(beside) },
      {
        section,
        what: 'beside the one that is away, of alone',
        value: beside / alone,
        unit: 'ratio',
        target: { atLeast: 0.8 },
      },
      { section, what: 'memory (RSS) before the 100,000', ...size(before.rssMb) },
      { section, what: 'memory (RSS) with the 100,000 waiting', ...size(after.rssMb) },
      { section, what: 'memory (RSS), largest', ...size(end.largestMb) },
    ]
  },
}

async function ask(
  shop: Program<WebhookShopSays, WebhookShopHears>,
  told: WebhookShopHears,
): Promise<void> {
  shop.tell(told)
  const said = await shop.listen()
  if (said.is !== 'done') throw new Error(`${said.is} instead of done`)
}

async function sizeOf(
  shop: Program<WebhookShopSays, WebhookShopHears>,
): Promise<Extract<WebhookShopSays, { is: 'size' }>> {
  shop.tell({ size: true })
  const said = await shop.listen()
  if (said.is !== 'size') throw new Error(`${said.is} instead of size`)
  return said
}

interface Receiver extends AsyncDisposable {
  readonly url: string
  until(condition: () => boolean): Promise<void>
}

/** Answers at once; remembers when each payment hash, else each event, first arrived. */
async function openReceiver(arrived: Map<string, number>): Promise<Receiver> {
  let look = (): void => {}
  const server: Server = createServer((request, response) => {
    const at = performance.timeOrigin + performance.now()
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      response.writeHead(204).end()
      const { id, data } = JSON.parse(body)
      const name: string = data.invoice?.paymentHash ?? id
      if (!arrived.has(name)) arrived.set(name, at)
      look()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    until(condition) {
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => reject(new Error(`${arrived.size} arrived`)), 300_000)
        look = () => {
          if (!condition()) return
          clearTimeout(deadline)
          look = () => {}
          resolve()
        }
        look()
      })
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
