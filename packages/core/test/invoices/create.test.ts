import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('an invoice says what was asked for, and LND has the same', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(
    node.invoices.create({
      partner: 'm1',
      amount: '25000 sat',
      expiresIn: '15m',
      memo: 'two cups of tea\nand cake',
      metadata: { orderId: '7', 'shop.id_1-a': '' },
    }),
  )
  expect(invoice).toMatchObject({
    partner: 'm1',
    state: 'open',
    amount: sat(25_000),
    paid: null,
    isLate: false,
    memo: 'two cups of tea\nand cake',
    descriptionHash: null,
    isPrivate: false,
    metadata: { orderId: '7', 'shop.id_1-a': '' },
    idempotencyKey: null,
    expiresAt: invoice.createdAt + 900_000,
    endedAt: null,
  })
  expect(shop.lnd.findInvoice(invoice.paymentHash)).toMatchObject({
    state: 'open',
    amountMsat: 25_000_000n,
    expirySeconds: 900,
    memo: 'two cups of tea\nand cake',
    paymentRequest: invoice.paymentRequest,
    createdAt: invoice.createdAt,
  })
  expect(await run(node.invoices.get(invoice.id))).toEqual(invoice)
  // It can leave the process and come back.
  expect(JSON.parse(JSON.stringify(invoice))).toMatchObject({ amount: '25000 sat', paid: null })

  const hashed = await run(
    node.invoices.create({ partner: 'm1', amount: '1 msat', descriptionHash: 'ab'.repeat(32) }),
  )
  expect(hashed).toMatchObject({ memo: null, descriptionHash: 'ab'.repeat(32) })
  expect(shop.lnd.findInvoice(hashed.paymentHash)).toMatchObject({
    amountMsat: 1n,
    descriptionHash: 'ab'.repeat(32),
  })
})

test('the expiry is the one of the call, else the partner, else the node, within the maxima', async () => {
  const shop = openShop({ options: { invoices: { defaultExpiry: '2h', maximumExpiry: '1d' } } })
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'plain' }))
  await run(node.partners.upsert({ id: 'quick', defaultExpiry: '5m', maximumExpiry: '10m' }))
  await run(node.partners.upsert({ id: 'capped', maximumExpiry: '1h' }))
  const lives = async (partner: string, expiresIn?: string): Promise<number> => {
    const { createdAt, expiresAt } = await run(
      node.invoices.create({ partner, ...(expiresIn && { expiresIn }) }),
    )
    return (expiresAt - createdAt) / 1000
  }
  expect(await lives('plain')).toBe(7200)
  expect(await lives('plain', '1d')).toBe(86_400)
  expect(await lives('quick')).toBe(300)
  expect(await lives('quick', '10m')).toBe(600)
  // The node's default is longer than this partner may have.
  expect(await lives('capped')).toBe(3600)
  for (const [partner, expiresIn] of [
    ['plain', '25h'],
    ['quick', '11m'],
    ['capped', '61m'],
  ] as const)
    await expect(lives(partner, expiresIn), partner).rejects.toMatchObject({
      details: { field: 'expiresIn', reason: 'above-maximum' },
    })
})

test('more than can be received is refused with what can be, unless the host insists', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const channels = await run(node.channels.list())
  const receivable = sat(
    channels.reduce((sum, channel) => sum + channel.receivable.msat, 0n) / 1000n,
  )
  expect(receivable.msat).toBeGreaterThan(8_000_000_000n)
  const above = sat(receivable.msat / 1000n + 1n)
  await shop.clock.advance(100)
  const before = await shop.everything()
  await expect(run(node.invoices.create({ partner: 'm1', amount: above }))).rejects.toMatchObject({
    code: 'invoice.above-receivable',
    details: { amount: above, receivable },
    isRetryable: false,
  })
  expect(await shop.changes(before)).toEqual([])

  const fitting = await run(node.invoices.create({ partner: 'm1', amount: receivable }))
  expect(fitting.amount).toEqual(receivable)
  const insisted = await run(
    node.invoices.create({ partner: 'm1', amount: above, allowUnreceivable: true }),
  )
  expect(insisted.state).toBe('open')
  // Without an amount there is nothing to compare.
  expect((await run(node.invoices.create({ partner: 'm1' }))).amount).toBeNull()

  // What the payer sends now is no longer receivable afterwards.
  await shop.sell(5_000_000)
  // What is known of the channels may be a second old.
  await shop.clock.advance(2000)
  await expect(
    run(node.invoices.create({ partner: 'm1', amount: receivable })),
  ).rejects.toMatchObject({
    code: 'invoice.above-receivable',
    details: { receivable: sat((receivable.msat - 5_000_000_000n) / 1000n) },
  })
})

test('an inactive channel receives nothing, which is worth another try', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  shop.payer.stop()
  shop.payee.stop()
  await shop.clock.advance(2000)
  await expect(run(node.invoices.create({ partner: 'm1', amount: '1 sat' }))).rejects.toMatchObject(
    {
      code: 'invoice.above-receivable',
      details: { receivable: sat(0) },
      isRetryable: true,
    },
  )
})

test('private route hints make it payable over a channel that nobody knows', async () => {
  const shop = openShop()
  const { run, network } = shop
  const hidden = network.addNode('hidden')
  network.establishChannel({
    from: shop.payee,
    to: hidden,
    capacitySat: 1_000_000n,
    isPrivate: true,
  })
  const process = shop.open({ lightning: hidden.lightning, name: 'hidden' })
  await run(process.node.start())
  await run(process.node.partners.upsert({ id: 'm1' }))
  const plain = await run(process.node.invoices.create({ partner: 'm1', amount: '1000 sat' }))
  expect((await run(shop.payer.pay(plain.paymentRequest))).state).toBe('failed')
  const hinted = await run(
    process.node.invoices.create({ partner: 'm1', amount: '1000 sat', privateRouteHints: true }),
  )
  expect(hinted.isPrivate).toBe(true)
  const paying = run(shop.payer.pay(hinted.paymentRequest))
  expect((await paying).state).toBe('succeeded')
  const settled = await run(process.node.invoices.waitUntilSettled(hinted.id))
  expect(settled.paid).toEqual(sat(1000))
})

test('while LND is away nothing is created and nothing is stored', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  shop.lnd.stop()
  await expect(run(node.invoices.create({ partner: 'm1' }))).rejects.toMatchObject({
    code: 'node.unavailable',
    isRetryable: true,
  })
  await shop.clock.advance(1000)
  await expect(run(node.invoices.create({ partner: 'm1' }))).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'unreachable', outcome: 'none' },
  })
  shop.lnd.start()
  await shop.clock.advance(3000)
  expect((await run(node.invoices.list())).items).toEqual([])
  expect((await run(node.invoices.create({ partner: 'm1' }))).state).toBe('open')
})

test('lists by partner, state and label come newest first, page by page, without gap or repetition', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  for (const id of ['a', 'b']) await run(node.partners.upsert({ id }))
  const ids: Record<string, string[]> = { a: [], b: [], label: [], canceled: [] }
  for (let at = 0; at < 12; at++) {
    const partner = at % 3 === 0 ? 'b' : 'a'
    // Several within one second, so that the id decides their order.
    const invoice = await run(
      node.invoices.create({ partner, metadata: { cart: at % 2 === 0 ? 'even' : 'odd' } }),
    )
    ids[partner]!.push(invoice.id)
    if (at % 2 === 0) ids.label!.push(invoice.id)
    if (at % 4 === 0) {
      await run(node.invoices.cancel(invoice.id))
      ids.canceled!.push(invoice.id)
    }
  }
  type Filter = Parameters<typeof node.invoices.list>[0]
  const pages = async (filter: Filter): Promise<string[]> => {
    const found: string[] = []
    let cursor: string | undefined
    let times = Number.POSITIVE_INFINITY
    do {
      const page = await run(node.invoices.list({ ...filter, limit: 2, ...(cursor && { cursor }) }))
      expect(page.items.length).toBeLessThanOrEqual(2)
      for (const invoice of page.items) {
        expect(invoice.createdAt).toBeLessThanOrEqual(times)
        times = invoice.createdAt
        found.push(invoice.id)
      }
      cursor = page.cursor
    } while (cursor)
    expect(new Set(found).size).toBe(found.length)
    return found.sort()
  }
  const all = [...ids.a!, ...ids.b!].sort()
  expect(await pages({})).toEqual(all)
  expect(await pages({ partner: 'a' })).toEqual(ids.a!.sort())
  expect(await pages({ partner: 'b' })).toEqual(ids.b!.sort())
  expect(await pages({ state: 'canceled' })).toEqual(ids.canceled!.sort())
  expect(await pages({ partner: 'b', state: 'canceled' })).toEqual(
    ids.canceled!.filter((id) => ids.b!.includes(id)).sort(),
  )
  expect(await pages({ metadata: { cart: 'even' } })).toEqual(ids.label!.sort())
  expect(await pages({ metadata: { cart: 'none' } })).toEqual([])
  expect(await pages({ partner: 'nobody' })).toEqual([])
})
