import { type Invoice, type NodeInvoice, PaymentNodeError, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { cursors } from '../../src/tables/node.ts'
import { update } from '../../src/tables/table.ts'
import { openShop, type Shop } from '../shop.ts'

async function openForSale(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  return shop
}

const invoiceOf = (shop: Shop): Promise<Invoice> =>
  shop.run(shop.node.invoices.create({ partner: 'm1', amount: '5 sat' }))

/** Each settled invoice credited once: as many events, and the sum of what arrived. */
async function expectBooks(shop: Shop, node: Shop['node'], count: number): Promise<void> {
  const { run } = shop
  const { items } = await run(node.invoices.list({ state: 'settled' }))
  expect(items).toHaveLength(count)
  const owed = items.reduce((sum, invoice) => sum + invoice.paid!.msat, 0n)
  expect((await run(node.partners.get('m1'))).available.msat).toBe(owed)
  const events = (await run(node.events.after('0'))).filter(
    ({ type }) => type === 'invoice.settled',
  )
  expect(events).toHaveLength(count)
  expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
}

test('I2: the very first payment arrives while we are down: LND replays nothing from index 0', async () => {
  const shop = await openForSale()
  const invoice = await invoiceOf(shop)
  await shop.run(shop.node.stop())
  await shop.run(shop.payer.pay(invoice.paymentRequest))
  const { node } = shop.open()
  await shop.run(node.start())
  expect((await shop.run(node.invoices.waitUntilSettled(invoice.id))).paid).toEqual(sat(5))
  await expectBooks(shop, node, 1)
})

test('the same when its invoice had ended in our books', async () => {
  const shop = await openForSale()
  const { run, lnd, clock } = shop
  const invoice = await invoiceOf(shop)
  const { paymentHash } = invoice
  // Canceled in our books; LND has it open, because the cancellation never reached it.
  const error = new PaymentNodeError('node.invoice-not-found', 'Forgotten.', { paymentHash })
  lnd.faults.once('cancelInvoice', 'before-effect', { error })
  await run(shop.node.invoices.cancel(invoice.id))
  await run(shop.node.stop())
  await run(shop.payer.pay(invoice.paymentRequest))
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(3000)
  expect(await run(node.invoices.get(invoice.id))).toMatchObject({ state: 'settled', isLate: true })
  await expectBooks(shop, node, 1)
})

test('a sweep that fails beside a living stream rejects for nobody', async () => {
  const shop = await openForSale()
  const { run, clock, lnd } = shop
  await run(shop.payer.pay((await invoiceOf(shop)).paymentRequest))
  await clock.advance(1000)
  await run(shop.node.stop())
  const { node } = shop.open()
  await run(node.start())
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  let sweeps = 0
  lnd.faults.add(({ call, moment }) => {
    if (call !== 'listInvoices' || moment !== 'after-effect') return undefined
    sweeps++
    return { outcome: 'unknown' }
  })
  await invoiceOf({ ...shop, node })
  await clock.advance(10_000)
  process.off('unhandledRejection', note)
  expect({ sweeps, unhandled }).toEqual({ sweeps: 1, unhandled: [] })
})

test('I1: what is paid while we are down, while LND is down, and while the stream is cut', async () => {
  const shop = await openForSale()
  const { run, clock, lnd, payer } = shop
  const invoices = await Promise.all(Array.from({ length: 8 }, () => invoiceOf(shop)))
  const pay = (at: number): Promise<unknown> => run(payer.pay(invoices[at]!.paymentRequest))
  await pay(0)
  await run(shop.node.stop())
  await pay(1)
  await pay(2)
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(1000)
  await expectBooks(shop, node, 3)

  lnd.faults.cutStreams()
  await pay(3)
  await clock.advance(2000)
  await expectBooks(shop, node, 4)

  lnd.restart()
  await clock.advance(1500)
  const paying = payer.pay(invoices[4]!.paymentRequest)
  await clock.advance(60)
  lnd.restart()
  await run(paying)
  await clock.advance(4000)
  await expectBooks(shop, node, 5)

  // Cut again and again while payments arrive.
  for (const at of [5, 6, 7]) {
    const paid = payer.pay(invoices[at]!.paymentRequest)
    for (let cut = 0; cut < 5; cut++) {
      await clock.advance(17)
      lnd.faults.cutStreams()
    }
    await run(paid)
  }
  await clock.advance(30_000)
  await expectBooks(shop, node, 8)
})

test('a stream that ends in the middle of its batches, and batches that come again', async () => {
  const shop = await openForSale()
  const { run, clock, lnd, payer } = shop
  const invoices = await Promise.all(Array.from({ length: 6 }, () => invoiceOf(shop)))
  let batches = 0
  // Every second batch is lost with its connection: the replay brings it again.
  lnd.faults.add(({ call, moment, reply }) =>
    call === 'watchSettlements' &&
    moment === 'before-reply' &&
    (reply as NodeInvoice[] | undefined)?.length &&
    ++batches % 2 === 1
      ? { outcome: 'none' }
      : undefined,
  )
  for (const { paymentRequest } of invoices) {
    await run(payer.pay(paymentRequest))
    await clock.advance(20_000)
  }
  expect(batches).toBeGreaterThan(8)
  await expectBooks(shop, shop.node, 6)
})

test('every settlement shown again by every start credits nothing twice', async () => {
  const shop = await openForSale()
  for (let at = 0; at < 5; at++) await shop.sell(100)
  await shop.run(shop.node.stop())
  for (let start = 0; start < 3; start++) {
    const { node, storage } = shop.open()
    await shop.run(node.start())
    await shop.clock.advance(2000)
    await expectBooks(shop, node, 5)
    // A lost position, as after a crash before it was stored: the replay begins at the beginning.
    const [row] = await shop.run(storage.find(cursors, { index: 'key', equals: [], limit: 1 }))
    await shop.run(storage.commit({ writes: [update(cursors, row!, { position: start })] }))
    await shop.run(node.stop())
  }
})

test('I1: the sweep finds what the stream never showed', async () => {
  const shop = await openForSale({ options: { timing: { sweep: '5m' } } })
  const { run, clock, lnd, payer, node } = shop
  await shop.sell(100)
  const missed = await Promise.all(Array.from({ length: 3 }, () => invoiceOf(shop)))
  // A stream that stays open and silent: only the sweep can help.
  const remove = lnd.faults.add(({ call, moment, reply }) =>
    call === 'watchSettlements' && moment === 'before-reply' && (reply as unknown[])?.length
      ? { delayMilliseconds: 86_400_000 }
      : undefined,
  )
  for (const { paymentRequest } of missed) await run(payer.pay(paymentRequest))
  await clock.advance(60_000)
  await expectBooks(shop, node, 1)
  await clock.advance(5 * 60_000)
  await expectBooks(shop, node, 4)
  remove()
})

test('two processes see every settlement; it is credited once', async () => {
  const shop = await openForSale({ isExclusive: false })
  const { run, clock, node } = shop
  const other = shop.open().node
  await run(other.start())
  for (let at = 0; at < 4; at++) await shop.sell(100)
  // The leader goes; the other takes over and goes on from where it was.
  const invoice = await invoiceOf(shop)
  await run(node.stop())
  await run(shop.payer.pay(invoice.paymentRequest))
  await clock.advance(30_000)
  await expectBooks(shop, other, 5)
  await run(other.stop())
})
