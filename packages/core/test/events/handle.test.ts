import type { PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

async function openForSale(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  return shop
}

/** Remembers the amounts of the settled invoices in the order in which it was called. */
function listen(
  node: PaymentNode,
  consumer = 'orders',
  handle: (amount: string) => unknown = () => undefined,
  from: 'now' | 'beginning' = 'now',
): { readonly seen: string[]; readonly stop: () => void } {
  const seen: string[] = []
  const stop = node.handle('invoice.settled', { consumer, from }, ({ invoice }) => {
    const paid = invoice.paid!.toString()
    seen.push(paid)
    return handle(paid)
  })
  return { seen, stop }
}

const sell = async (shop: Shop, ...amounts: number[]): Promise<void> => {
  for (const amount of amounts) await shop.sell(amount)
}

test('a handler is called once per event, in order, with amounts that are amounts', async () => {
  const shop = await openForSale()
  const { seen } = listen(shop.node)
  const other: [string, bigint | undefined, string][] = []
  shop.node.handle(
    ['invoice.created', 'invoice.settled'],
    { consumer: 'journal' },
    ({ invoice }, { type, cursor, version }) => {
      expect(version).toBe(1)
      other.push([type, invoice.paid?.msat, cursor])
    },
  )
  await sell(shop, 1, 2, 3)
  await shop.clock.advance(2000)
  expect(seen).toEqual(['1 sat', '2 sat', '3 sat'])
  expect(other.map(([type, paid]) => [type, paid])).toEqual([
    ['invoice.created', undefined],
    ['invoice.settled', 1000n],
    ['invoice.created', undefined],
    ['invoice.settled', 2000n],
    ['invoice.created', undefined],
    ['invoice.settled', 3000n],
  ])
  const cursors = other.map(([, , cursor]) => BigInt(cursor))
  expect(cursors).toEqual([...cursors].sort((a, b) => Number(a - b)))
})

test('a handler that fails is called again with the same event, and none is skipped', async () => {
  const shop = await openForSale()
  let failures = 3
  const { seen } = listen(shop.node, 'orders', async (amount) => {
    if (amount === '2 sat' && failures-- > 0) throw new Error('the shop is closed')
  })
  await sell(shop, 1, 2, 3)
  await shop.clock.advance(10_000)
  expect(seen).toEqual(['1 sat', '2 sat', '2 sat', '2 sat', '2 sat', '3 sat'])
})

test('a handler that always fails is called ever more rarely, and others go on', async () => {
  const shop = await openForSale()
  const broken = listen(shop.node, 'broken', () => {
    throw new Error('never')
  })
  const fine = listen(shop.node, 'fine')
  await sell(shop, 1, 2)
  await shop.clock.advance(600_000)
  expect(fine.seen).toEqual(['1 sat', '2 sat'])
  expect(new Set(broken.seen)).toEqual(new Set(['1 sat']))
  expect(broken.seen.length).toBeGreaterThan(10)
  expect(broken.seen.length).toBeLessThan(25)
})

test('the position outlives the process: neither lost nor repeated after a stop', async () => {
  const shop = await openForSale()
  const first = listen(shop.node)
  await sell(shop, 1, 2)
  await shop.clock.advance(1000)
  await shop.run(shop.node.stop())
  const { node } = shop.open()
  const second = listen(node)
  await shop.run(node.start())
  await shop.sell(3, node)
  await shop.clock.advance(2000)
  expect([...first.seen, ...second.seen]).toEqual(['1 sat', '2 sat', '3 sat'])
})

test('killed while the handler works: the event comes again, to nobody else twice', async () => {
  const shop = await openForSale()
  const first = listen(shop.node, 'orders', (amount) =>
    amount === '2 sat' ? new Promise(() => undefined) : undefined,
  )
  await sell(shop, 1, 2)
  await shop.clock.advance(1000)
  expect(first.seen).toEqual(['1 sat', '2 sat'])
  shop.process.kill()
  const { node } = shop.open()
  const second = listen(node)
  await shop.run(node.start())
  await shop.clock.advance(5000)
  expect(second.seen).toEqual(['2 sat'])
})

test('stopped while the handler works: it is given its time, and its success counts', async () => {
  const shop = await openForSale()
  const first = listen(shop.node, 'orders', () => shop.clock.sleep(3000))
  await shop.sell(1)
  await shop.clock.advance(500)
  const before = shop.clock.monotonic()
  await shop.run(shop.node.stop())
  expect(shop.clock.monotonic() - before).toBeGreaterThan(2000)
  expect(shop.clock.monotonic() - before).toBeLessThan(4000)
  const { node } = shop.open()
  const second = listen(node)
  await shop.run(node.start())
  await shop.clock.advance(5000)
  expect([...first.seen, ...second.seen]).toEqual(['1 sat'])
})

test('a handler that never returns does not keep the node from stopping', async () => {
  const shop = await openForSale({ options: { timing: { stopWithin: '4s' } } })
  listen(shop.node, 'orders', () => new Promise(() => undefined))
  await shop.sell(1)
  await shop.clock.advance(500)
  const before = shop.clock.monotonic()
  await shop.run(shop.node.stop())
  expect(shop.clock.monotonic() - before).toBeLessThan(5000)
})

test('in two processes, one at a time has the event, however long its handler takes', async () => {
  const shop = await openForSale({ isExclusive: false })
  const other = shop.open().node
  await shop.run(other.start())
  let running = 0
  let most = 0
  const slowly = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await shop.clock.sleep(100_000)
    running--
  }
  const here = listen(shop.node, 'orders', slowly)
  const there = listen(other, 'orders', slowly)
  await sell(shop, 1, 2, 3)
  await shop.clock.advance(500_000)
  expect([...here.seen, ...there.seen].sort()).toEqual(['1 sat', '2 sat', '3 sat'])
  expect(most).toBe(1)
})

test('when the process with the handler dies, another goes on after its lease', async () => {
  const shop = await openForSale({ isExclusive: false })
  const other = shop.open()
  await shop.run(other.node.start())
  const here = listen(shop.node)
  await shop.clock.advance(1000)
  const there = listen(other.node)
  await sell(shop, 1)
  await shop.clock.advance(1000)
  expect(here.seen).toEqual(['1 sat'])
  const invoice = await shop.run(other.node.invoices.create({ partner: 'm1', amount: '2 sat' }))
  shop.process.kill()
  await shop.run(shop.payer.pay(invoice.paymentRequest))
  await shop.clock.advance(45_000)
  expect(there.seen).toEqual(['2 sat'])
})

test('an unsubscribed handler is not called any more; its name may be used again and goes on', async () => {
  const shop = await openForSale()
  const first = listen(shop.node)
  await sell(shop, 1)
  await shop.clock.advance(1000)
  expect(() => listen(shop.node)).toThrow('handler for the consumer')
  first.stop()
  first.stop()
  await sell(shop, 2)
  await shop.clock.advance(2000)
  expect(first.seen).toEqual(['1 sat'])
  const second = listen(shop.node)
  await sell(shop, 3)
  await shop.clock.advance(2000)
  expect(second.seen).toEqual(['2 sat', '3 sat'])
})

test('a handler begins when it is first named, or at the beginning of the log when it asks', async () => {
  const shop = openShop()
  const early = listen(shop.node, 'early')
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  await sell(shop, 1, 2)
  const late = listen(shop.node, 'late')
  const all = listen(shop.node, 'all', () => undefined, 'beginning')
  await shop.clock.advance(2000)
  await sell(shop, 3)
  await shop.clock.advance(2000)
  expect(early.seen).toEqual(['1 sat', '2 sat', '3 sat'])
  expect(late.seen).toEqual(['3 sat'])
  expect(all.seen).toEqual(['1 sat', '2 sat', '3 sat'])
})

test('a process that only creates and reads delivers nothing', async () => {
  const shop = await openForSale({ isExclusive: false })
  const reader = shop.open({ role: 'api' }).node
  const there = listen(reader)
  await shop.run(reader.start())
  await sell(shop, 1)
  await shop.clock.advance(60_000)
  expect(there.seen).toEqual([])
  const here = listen(shop.node, 'orders', () => undefined, 'beginning')
  await shop.clock.advance(2000)
  expect(here.seen).toEqual(['1 sat'])
})

test('what settles while a process starts for the first time is not missed by its handlers', async () => {
  const shop = openShop()
  const { seen } = listen(shop.node)
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  await sell(shop, 1)
  shop.process.kill()
  // Another consumer is named by the next process; a payment arrives before it has delivered anything.
  const { node } = shop.open()
  const orders = listen(node)
  const mails = listen(node, 'mails')
  await shop.run(node.start())
  await shop.sell(2, node)
  await shop.clock.advance(2000)
  expect([...seen, ...orders.seen]).toEqual(['1 sat', '2 sat'])
  expect(mails.seen).toEqual(['2 sat'])
})

test('hundreds of events while a handler was away come in order, each once', async () => {
  const shop = await openForSale()
  const invoices = await shop.run(
    Promise.all(
      Array.from({ length: 230 }, (_, at) =>
        shop.node.invoices.create({ partner: 'm1', amount: `${at + 1} sat` }),
      ),
    ),
  )
  const created: string[] = []
  const settled: string[] = []
  await shop.run(Promise.all(invoices.map(({ paymentRequest }) => shop.payer.pay(paymentRequest))))
  await shop.clock.advance(5000)
  shop.node.handle(
    'invoice.created',
    { consumer: 'a', from: 'beginning' },
    (_, { id }) => void created.push(id),
  )
  shop.node.handle(
    'invoice.settled',
    { consumer: 'b', from: 'beginning' },
    (_, { id }) => void settled.push(id),
  )
  await shop.clock.advance(5000)
  const log = await shop.run(shop.node.events.after('0', { limit: 1000 }))
  const ids = (type: string): string[] =>
    log.filter((event) => event.type === type).map(({ id }) => id)
  expect(created).toEqual(ids('invoice.created'))
  expect(settled).toEqual(ids('invoice.settled'))
  expect(created).toHaveLength(230)
  expect(settled).toHaveLength(230)
})
