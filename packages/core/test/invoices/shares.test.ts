import { msat, type PartnerInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { bookReservation } from '../../src/domain/ledger.ts'
import { writeRequest } from '../../src/invoices/invoice-request.ts'
import { bookByHand, makeOlder } from '../ledger/book-by-hand.ts'
import { openShop, type Shop } from '../shop.ts'

async function openWith(settings: Partial<PartnerInput>): Promise<Shop> {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1', ...settings }))
  return shop
}

const eventsOf = async ({ node, run }: Shop, type: string) =>
  (await run(node.events.after('0', { limit: 1000 }))).filter((event) => event.type === type)

test('the operator keeps the fee and the commission, the partner gets the rest', async () => {
  const shop = await openWith({ fee: { ppm: 10_000, fixed: '1 sat' } })
  const { node, run } = shop
  const { operator } = await run(node.ledger.balances())
  const invoice = await run(
    node.invoices.create({
      partner: 'm1',
      amount: '1000 sat',
      commission: { ppm: 5000, fixed: '333 msat' },
    }),
  )
  expect(invoice).toMatchObject({ fee: null, commission: null, net: null, availableAt: null })
  // What counts is what was paid, and the fee that is set when it arrives.
  await run(node.partners.upsert({ id: 'm1', fee: { ppm: 20_000, fixed: '1 sat' } }))
  await run(shop.payer.pay(invoice.paymentRequest, { amountMsat: 1_000_150n }))
  const settled = await run(node.invoices.waitUntilSettled(invoice.id))
  const parts = { fee: msat(21_003), commission: msat(5333), net: msat(973_814) }
  expect(settled).toMatchObject({ paid: msat(1_000_150), ...parts, availableAt: null })
  const books = await run(node.ledger.balances())
  expect(books.operator.msat - operator.msat).toBe(21_003n + 5333n)
  expect((await run(node.partners.get('m1'))).available).toEqual(msat(973_814))
  expect(books.sum.msat).toBe(0n)
  const [event] = await eventsOf(shop, 'invoice.settled')
  expect(event!.data).toEqual({ invoice: settled })
})

test('a fee above the payment takes the payment, and nothing more', async () => {
  const shop = await openWith({ fee: { fixed: '10 sat' }, availableAfter: '1h' })
  const { node, run } = shop
  const settled = await shop.sell(7)
  expect(settled).toMatchObject({ fee: sat(7), net: sat(0), availableAt: null })
  const { available, pending } = await run(node.partners.get('m1'))
  expect([available, pending]).toEqual([sat(0), sat(0)])
  expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
})

test('the text of a request without commission is what it always was', () => {
  const request = {
    partner: 'm1',
    amountMsat: 5000n,
    expirySeconds: null,
    memo: 'tea',
    descriptionHash: null,
    isPrivate: false,
    metadata: { b: '2', a: '1' },
    commission: null,
  }
  const text =
    '{"partner":"m1","amount":"5000 msat","expiresIn":null,"memo":"tea","descriptionHash":null,"privateRouteHints":false,"metadata":[["a","1"],["b","2"]]}'
  expect(writeRequest(request)).toBe(text)
  expect(writeRequest({ ...request, commission: { ppm: 5, fixedMsat: 0n } })).toBe(
    `${text.slice(0, -1)},"commission":[5,"0 msat"]}`,
  )
})

test('the same key with another commission is another request', async () => {
  const { node, run } = await openWith({})
  const ask = (ppm: number | undefined) =>
    run(
      node.invoices.create(
        { partner: 'm1', amount: '5 sat', ...(ppm !== undefined && { commission: { ppm } }) },
        { idempotencyKey: 'k' },
      ),
    )
  const { id } = await ask(7)
  expect((await ask(7)).id).toBe(id)
  for (const ppm of [8, undefined])
    await expect(ask(ppm), String(ppm)).rejects.toMatchObject({
      code: 'idempotency.conflict',
      details: { field: 'commission' },
    })
})

test('received money is held for the dispute window, then available, once, with an event', async () => {
  const shop = await openWith({ availableAfter: '10m', fee: { ppm: 1000 } })
  const { node, run, clock } = shop
  const settled = await shop.sell(1000)
  expect(settled.availableAt! - clock.now()).toBeGreaterThan(599_000)
  const held = await run(node.partners.get('m1'))
  expect([held.available, held.pending]).toEqual([sat(0), sat(999)])
  const { partners, owed, sum } = await run(node.ledger.balances())
  expect(partners).toMatchObject([{ pending: sat(999), available: sat(0) }])
  expect([owed, sum]).toEqual([sat(999), sat(0)])
  const request = shop.request({ destination: shop.bill(10).paymentRequest })
  await expect(request).rejects.toMatchObject({ code: 'payout.insufficient-balance' })

  await clock.advance(settled.availableAt! - clock.now() - 1)
  expect((await run(node.partners.get('m1'))).available).toEqual(sat(0))
  await clock.advance(1001)
  const free = await run(node.partners.get('m1'))
  expect([free.available, free.pending]).toEqual([sat(999), sat(0)])
  await clock.advance(10_000)
  expect((await eventsOf(shop, 'invoice.available')).map(({ data }) => data)).toEqual([
    { invoice: settled },
  ])
  expect((await shop.rowsOf(['jobs'])).jobs).toEqual([])
  // A shorter window later changes nothing for what is held already.
  const next = await shop.sell(500)
  await run(node.partners.upsert({ id: 'm1', availableAfter: null }))
  await clock.advance(60_000)
  expect((await run(node.partners.get('m1'))).available).toEqual(sat(999))
  expect((await run(node.invoices.get(next.id))).availableAt).toBe(next.availableAt)
  await clock.advance(600_000)
  expect((await run(node.ledger.balances())).partners).toMatchObject([
    { available: msat(1_498_500), pending: sat(0) },
  ])
})

test('what became available while nobody was up is booked at the next start, also in two processes', async () => {
  const shop = openShop({ isExclusive: false })
  const { run, clock, process } = shop
  await run(process.node.start())
  await run(process.node.partners.upsert({ id: 'm1', availableAfter: '1h' }))
  for (let at = 0; at < 5; at++) await shop.sell(100)
  process.kill()
  await clock.advance(3_700_000)
  const [one, two] = [shop.open(), shop.open()]
  await run(Promise.all([one.node.start(), two.node.start()]))
  await clock.advance(30_000)
  expect(await run(two.node.partners.get('m1'))).toMatchObject({
    available: sat(500),
    pending: sat(0),
  })
  const events = await run(one.node.events.after('0', { limit: 1000 }))
  expect(events.filter(({ type }) => type === 'invoice.available')).toHaveLength(5)
})

test('a debt is paid back first: by receipts, at once or held, and by what becomes available', async () => {
  const shop = await openWith({ availableAfter: '10m' })
  const { node, run, clock } = shop
  await shop.sell(100)
  // A refund of 250 sat: the partner has nothing available.
  await bookByHand(shop, bookReservation('r', 'm1', 250_000n, 250_000n))
  const state = async () => {
    const { available, pending, debt } = await run(node.partners.get('m1'))
    return [available, pending, debt].map(({ msat: amount }) => Number(amount) / 1000)
  }
  expect(await state()).toEqual([0, 100, 250])
  await shop.sell(120)
  expect(await state()).toEqual([0, 100, 130])
  await clock.advance(620_000)
  expect(await state()).toEqual([0, 0, 30])
  await shop.sell(70)
  expect(await state()).toEqual([0, 40, 0])
  await clock.advance(620_000)
  expect(await state()).toEqual([40, 0, 0])
  const { owed, sum, partners } = await run(node.ledger.balances())
  // What was reserved for the refund is still held.
  expect(partners).toMatchObject([{ available: sat(40), reserved: sat(250), debt: sat(0) }])
  expect([owed, sum]).toEqual([sat(290), sat(0)])
})

test('many receipts at once pay a debt exactly, and the partner the rest', async () => {
  const shop = await openWith({})
  const { node, run, clock } = shop
  await bookByHand(shop, bookReservation('r', 'm1', 255_500n, 255_500n))
  const created = await run(
    Promise.all(
      Array.from({ length: 40 }, () => node.invoices.create({ partner: 'm1', amount: '10 sat' })),
    ),
  )
  await run(Promise.all(created.map(({ paymentRequest }) => shop.payer.pay(paymentRequest))))
  await clock.advance(5000)
  const { available, debt } = await run(node.partners.get('m1'))
  expect([available, debt]).toEqual([msat(144_500), sat(0)])
  expect(await eventsOf(shop, 'invoice.settled')).toHaveLength(40)
  expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
})

test('a partner of older books has no rows for held money and debts: the first payments make them, all at once', async () => {
  const shop = await openWith({ availableAfter: '10m' })
  const { node, run, clock } = shop
  await makeOlder(shop, 'm1')
  expect(await run(node.partners.get('m1'))).toMatchObject({ pending: sat(0), debt: sat(0) })
  const created = await run(
    Promise.all(
      Array.from({ length: 10 }, () => node.invoices.create({ partner: 'm1', amount: '10 sat' })),
    ),
  )
  await run(Promise.all(created.map(({ paymentRequest }) => shop.payer.pay(paymentRequest))))
  await clock.advance(5000)
  expect((await run(node.partners.get('m1'))).pending).toEqual(sat(100))
  expect(await bookByHand(shop, bookReservation('r', 'm1', 70_000n, 70_000n))).toBe(0)
  await clock.advance(620_000)
  expect(await run(node.partners.get('m1'))).toMatchObject({
    available: sat(30),
    pending: sat(0),
    debt: sat(0),
  })
  expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
})

test('the bounds hold: nothing below zero, no debt above it', async () => {
  const shop = await openWith({})
  await shop.sell(10)
  const refused = await bookByHand(
    shop,
    bookReservation('a', 'm1', 10_001n),
    bookReservation('b', 'm1', 5000n, -1n),
  )
  expect(refused).toBe(2)
  expect((await shop.run(shop.node.partners.get('m1'))).available).toEqual(sat(10))
})
