import { setTimeout as sleep } from 'node:timers/promises'
import { createPaymentNode, msat, type PaymentNode } from '@payment-node/core'
import { lnd } from '@payment-node/lnd-adapter'
import { sqlite } from '@payment-node/storage-sqlite'
import { invoiceKey, partner } from '../open-shop.ts'
import { runConcurrently } from '../run-concurrently.ts'
import { readArgument, say } from './parent.ts'

export interface ShopArgument {
  /** `create`: fills the books with open invoices; `catch-up`: starts on books whose invoices are all paid. */
  readonly phase: 'create' | 'catch-up'
  readonly address: string
  readonly certificate: string
  readonly file: string
  /** Invoices besides the first one. */
  readonly invoices: number
  /** In the phase `catch-up`: what must be credited in the end, decimal. */
  readonly expectedMsat: string
}

/** What this program says. */
export type ShopSays =
  /** The phase `create` has one open invoice and waits for its payment. */
  | { readonly is: 'ready' }
  | { readonly is: 'progress'; readonly says: string }
  | { readonly is: 'created'; readonly perSecond: number }
  | { readonly is: 'caught-up'; readonly seconds: number; readonly rssMb: number }

const argument = readArgument<ShopArgument>()

function openNode(): PaymentNode {
  const { address, certificate, file } = argument
  return createPaymentNode({
    lightning: lnd({ address, certificate: Buffer.from(certificate), macaroon: { hex: '00' } }),
    storage: sqlite({ file }),
    keys: { invoices: invoiceKey },
  })
}

/** The first invoice is paid while we listen: without a settle index of its own LND replays nothing. */
async function create(): Promise<void> {
  const node = openNode()
  await node.start()
  await node.partners.upsert({ id: partner })
  const first = await node.invoices.create({ partner, amount: '1 sat' })
  await say({ is: 'ready' })
  await node.invoices.waitUntilSettled(first.id)
  const start = performance.now()
  await runConcurrently(argument.invoices, 256, async (index) => {
    // Amounts that all differ, so that the sum is right only when each was credited once.
    await node.invoices.create({ partner, amount: msat(BigInt(1000 + index)), expiresIn: '1d' })
    if ((index + 1) % 20_000 === 0) {
      await say({ is: 'progress', says: `${index + 1} invoices created` })
    }
  })
  const seconds = (performance.now() - start) / 1000
  await node.stop()
  await say({ is: 'created', perSecond: argument.invoices / seconds })
}

async function catchUp(): Promise<void> {
  const expected = BigInt(argument.expectedMsat)
  const node = openNode()
  const start = performance.now()
  await node.start()
  let credited = 0n
  for (let changed = start, told = start; credited < expected; await sleep(20)) {
    const now = performance.now()
    const { available } = await node.partners.get(partner)
    if (available.msat !== credited) changed = now
    credited = available.msat
    if (now - changed > 60_000) throw new Error(`nothing more is credited after ${available}`)
    if (now - told < 5000) continue
    told = now
    await say({ is: 'progress', says: `${(100n * credited) / expected} % of the money credited` })
  }
  const seconds = (performance.now() - start) / 1000
  const rssMb = process.resourceUsage().maxRSS / 1024
  await check(node, expected)
  await node.stop()
  await say({ is: 'caught-up', seconds, rssMb })
}

/** Every invoice credited once: the balance, the event log and the books all say so. */
async function check(node: PaymentNode, expected: bigint): Promise<void> {
  const { available } = await node.partners.get(partner)
  if (available.msat !== expected) {
    throw new Error(`${available.msat} msat are credited, not ${expected}`)
  }
  const { sum } = await node.ledger.balances()
  if (sum.msat !== 0n) throw new Error(`the books are off by ${sum}`)
  const settled = new Set<string>()
  for (let cursor = '0'; ; ) {
    const page = await node.events.after(cursor, { limit: 1000 })
    for (const event of page) {
      if (event.type !== 'invoice.settled') continue
      if (settled.has(event.data.invoice.id)) throw new Error('an invoice was settled twice')
      settled.add(event.data.invoice.id)
    }
    if (page.length < 1000) break
    cursor = page.at(-1)!.cursor
  }
  if (settled.size !== argument.invoices + 1) throw new Error(`${settled.size} settlements`)
}

await (argument.phase === 'create' ? create() : catchUp())
process.disconnect()
