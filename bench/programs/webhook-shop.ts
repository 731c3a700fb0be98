import {
  createPaymentNode,
  insert,
  type PaymentNode,
  type Storage,
  schema,
} from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { invoiceKey, partner } from '../open-shop.ts'
import { runConcurrently } from '../run-concurrently.ts'
import { readArgument, say } from './parent.ts'

export interface WebhookShopArgument {
  readonly address: string
  readonly certificate: string
  readonly file: string
  /** Of a receiver that answers at once. */
  readonly url: string
  /** Where nobody listens. */
  readonly deadUrl: string
}

/** Told by the parent. */
export type WebhookShopHears =
  | { readonly create: number }
  /** So many events of the type for the receiver, or for the endpoint where nobody listens. */
  | { readonly log: number; readonly type: 'keeper.resumed' | 'keeper.paused' }
  | { readonly size: true }
  | { readonly heard: true }

/** What this program says. */
export type WebhookShopSays =
  | { readonly is: 'ready' }
  | { readonly is: 'done' }
  /** When a listener in this process was told of each, by payment hash; milliseconds since 1970. */
  | { readonly is: 'heard'; readonly at: Readonly<Record<string, number>> }
  | { readonly is: 'size'; readonly rssMb: number; readonly largestMb: number }

const { address, certificate, file, url, deadUrl } = readArgument<WebhookShopArgument>()
const http = { allow: [{ host: '127.0.0.1', insecure: true }] }
const storage = sqlite({ file })
const node: PaymentNode = createPaymentNode({
  lightning: lnd({ address, certificate: Buffer.from(certificate), macaroon: { hex: '00' } }),
  storage,
  keys: { invoices: invoiceKey },
  http,
})
await node.start()
await node.partners.upsert({ id: partner })
await node.webhooks.create({ url, types: ['invoice.settled', 'keeper.resumed'] })
const dead = await node.webhooks.create({ url: deadUrl, types: ['keeper.paused'] })
const { publicKey, network } = (await node.status()).node!

const heard: Record<string, number> = {}
node.on('invoice.settled', ({ invoice }) => {
  heard[invoice.paymentHash] = performance.timeOrigin + performance.now()
})

process.on('message', async (told: WebhookShopHears) => {
  if ('create' in told) await create(told.create)
  else if ('log' in told) await log(told.log, told.type)
  else if ('heard' in told) return say({ is: 'heard', at: heard })
  else {
    const rssMb = process.memoryUsage.rss() / 2 ** 20
    return say({ is: 'size', rssMb, largestMb: process.resourceUsage().maxRSS / 1024 })
  }
  await say({ is: 'done' })
})
await say({ is: 'ready' })

async function create(count: number): Promise<void> {
  await runConcurrently(count, 64, async () => {
    await node.invoices.create({ partner, amount: '1000 sat', expiresIn: '1d' })
  })
}

let logged = 0

/** Events as the library writes them, without what would make them slow to make. */
async function log(count: number, type: 'keeper.resumed' | 'keeper.paused'): Promise<void> {
  for (let left = count; left > 0; left -= 500) await logPage(storage, Math.min(500, left), type)
  if (type === 'keeper.resumed') return
  // The dead endpoint has a delivery for each.
  for (let cursor: string | undefined, seen = 0; seen < count; ) {
    const page = await node.webhooks.deliveries({
      endpoint: dead.id,
      limit: 1000,
      ...(cursor && { cursor }),
    })
    seen += page.items.length
    cursor = page.cursor
    if (cursor !== undefined) continue
    if (seen < count) await new Promise((resolve) => setTimeout(resolve, 200))
    if (seen < count) seen = 0
  }
}

async function logPage(to: Storage, count: number, type: string): Promise<void> {
  const cursors = schema.tables.find(({ name }) => name === 'cursors')!
  const occurredAt = Date.now()
  const events = Array.from({ length: count }, () => {
    const id = `evt_${String(++logged).padStart(32, '0')}`
    const data = { reason: 'x'.repeat(400) }
    const body = JSON.stringify({ id, type, version: 1, occurredAt, data })
    return { id, type, version: 1, node: publicKey, subject: 'keeper', occurredAt, body }
  })
  const row = { node: publicKey, name: `bench/${logged}`, network, position: 0 }
  const answer = await to.commit({ writes: [insert(cursors, row)], events })
  if (!answer.committed) throw new Error(answer.reason)
}
