import type { PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { expectBooks } from '../payouts/expect-books.ts'
import { openShop, type Shop } from '../shop.ts'
import { testCounter } from './counter.ts'
import { differencesOf } from './old-copy.ts'

/** LND looks for other programs' payments this often (milliseconds), and a little more. */
const aLook = 31_000

async function openRich(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(options)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

/** What the operator has lost since the books began, in msat. */
async function operatorPaid(shop: Shop, node: PaymentNode, openingMsat: bigint): Promise<bigint> {
  return openingMsat - (await shop.run(node.ledger.balances())).operator.msat
}

async function opening(shop: Shop, node: PaymentNode = shop.node): Promise<bigint> {
  return -(await shop.run(node.ledger.balances())).world.opening.msat
}

test('what other programs pay while it runs is booked as the operator s, once, and halts nothing', async () => {
  const shop = await openRich()
  const { run, clock, lnd, payee, node } = shop
  const before = await opening(shop)
  await run(lnd.pay(shop.bill(3000).paymentRequest))
  const held = payee.createHoldInvoice({ amountMsat: 5_000_000n })
  const refused = payee.createHoldInvoice({ amountMsat: 6_000_000n })
  const paying = [lnd.pay(held.paymentRequest), lnd.pay(refused.paymentRequest)]
  await clock.advance(aLook)
  expect(await operatorPaid(shop, node, before)).toBe(3_000_000n)
  const open = await differencesOf(shop, node)
  expect(open.map(({ kind, state }) => [kind, state])).toEqual([
    ['unknown-payment', 'open'],
    ['unknown-payment', 'open'],
  ])
  await clock.advance(2 * aLook)
  expect(await differencesOf(shop, node)).toEqual(open)
  payee.settleHold(held.paymentHash)
  payee.cancelHold(refused.paymentHash)
  await run(Promise.all(paying))
  await clock.advance(3 * aLook)
  expect(await operatorPaid(shop, node, before)).toBe(8_000_000n)
  expect(await differencesOf(shop, node)).toEqual([])
  const all = await differencesOf(shop, node, 'all')
  expect(all.map(({ state }) => state).sort()).toEqual(['booked', 'dropped'])
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('a payment that another program tries again is booked when it succeeds', async () => {
  const shop = await openRich()
  const { run, clock, lnd, payee, node } = shop
  const before = await opening(shop)
  const bill = shop.bill(4000)
  payee.stop()
  expect((await run(lnd.pay(bill.paymentRequest))).state).toBe('failed')
  await clock.advance(aLook)
  payee.start()
  await clock.advance(3000)
  const hold = payee.createHoldInvoice({ amountMsat: 5_000_000n })
  const held = lnd.pay(hold.paymentRequest)
  await clock.advance(aLook)
  payee.cancelHold(hold.paymentHash)
  await run(held)
  // Failed and tried again before anybody looked: a payment of its own.
  await run(lnd.pay(bill.paymentRequest))
  await clock.advance(2 * aLook)
  expect(await operatorPaid(shop, node, before)).toBe(4_000_000n)
  expect(await differencesOf(shop, node)).toEqual([])
})

test('what other programs paid while nobody looked: foreign by the counter, else asked about', async () => {
  for (const counter of [testCounter(), undefined]) {
    const shop = await openRich({ options: counter ? { intentCounter: counter } : {} })
    const { run, clock, lnd } = shop
    const before = await opening(shop)
    await run(shop.node.stop())
    await run(lnd.pay(shop.bill(3000).paymentRequest))
    const { node } = shop.open()
    await run(node.start())
    await clock.advance(2000)
    if (!counter) {
      expect(await run(node.safety.status())).toMatchObject({ cause: 'books-behind' })
      expect(await operatorPaid(shop, node, before)).toBe(0n)
      await run(node.safety.resume('my own payment'))
      await clock.advance(2000)
    }
    expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
    expect(await operatorPaid(shop, node, before)).toBe(3_000_000n)
    await run(node.stop())
    const next = shop.open().node
    await run(next.start())
    await clock.advance(aLook)
    expect(await operatorPaid(shop, next, before)).toBe(3_000_000n)
    expect(await run(next.safety.status())).toMatchObject({ isHalted: false })
  }
})

test('payments from before the first start are history', async () => {
  const shop = openShop()
  const { run, lnd, node } = shop
  await run(lnd.pay(shop.bill(3000).paymentRequest))
  await run(node.start())
  const before = await opening(shop)
  await shop.clock.advance(aLook)
  expect(await operatorPaid(shop, node, before)).toBe(0n)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
})

test('payments of other programs around an outage of LND are foreign: the books were open all the time', async () => {
  const shop = await openRich()
  const { run, clock, lnd, node } = shop
  const before = await opening(shop)
  await clock.advance(5000)
  // Paid directly before LND goes away; seen when it is back.
  await run(lnd.pay(shop.bill(3000).paymentRequest))
  lnd.stop()
  await clock.advance(60_000)
  lnd.start()
  await clock.advance(5000)
  expect(await operatorPaid(shop, node, before)).toBe(3_000_000n)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  const payout = await shop.request({ destination: shop.bill(10).paymentRequest })
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
})

test('a payout whose invoice another program pays first is booked as paid', async () => {
  const counter = testCounter()
  const shop = await openRich({ options: { intentCounter: counter } })
  const { run, clock, lnd } = shop
  const bill = shop.bill(20_000)
  // Reserved, and paid by hand before a process looks at it.
  await run(shop.node.stop())
  const { node: asking } = shop.open({ role: 'api' })
  await run(asking.start())
  const { id } = await shop.request(
    { destination: bill.paymentRequest, feeLimit: '0 sat' },
    'p',
    asking,
  )
  await run(asking.stop())
  await run(lnd.pay(bill.paymentRequest))
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(3000)
  expect(await run(node.payouts.get(id))).toMatchObject({
    state: 'succeeded',
    preimage: bill.preimage,
  })
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
})

test('comparisons in the middle of sending take nothing of it for an old copy', async () => {
  const counter = testCounter()
  const slow = {
    write: counter.write,
    // Older when it arrives than when it is asked for, and the other way round.
    async read() {
      await shop.clock.sleep(400)
      return counter.value
    },
  }
  const shop = openShop({ options: { intentCounter: slow } })
  const { run, clock, lnd } = shop
  const { node } = shop.open(
    {},
    {
      // The connection breaks while the intent is being written, which takes its time.
      async beforeCommit({ writes }) {
        if (!writes.some(({ op, table }) => op === 'add' && table.name === 'intent_counters'))
          return
        lnd.faults.cutStreams()
        await clock.sleep(350)
      },
    },
  )
  await run(node.start())
  await shop.sell(100_000, node)
  for (let at = 0; at < 10; at++) {
    const destination = shop.bill(10).paymentRequest
    const { id } = await shop.request({ destination, feeLimit: '0 sat' }, `${at}`, node)
    expect((await shop.ended(id, node)).state).toBe('succeeded')
  }
  await clock.advance(aLook)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  expect(await differencesOf(shop, node, 'all')).toEqual([])
  await expectBooks(shop, { available: 99_900, reserved: 0 }, node)
})

test('a payout that an operator gave up and that LND pays after all is the operator s', async () => {
  const shop = await openRich()
  const { run, clock, lnd, node } = shop
  const before = await opening(shop)
  // The call is on its way for a minute; LND knows nothing of it.
  lnd.faults.once('pay', 'before-effect', { delayMilliseconds: 60_000 })
  const bill = shop.bill(20_000)
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(2000)
  await run(
    node.payouts.resolve(payout.id, 'failed', { by: 'ann', note: 'paid in cash', insist: true }),
  )
  await clock.advance(60_000 + aLook)
  expect(lnd.findPayment(bill.paymentHash)?.state).toBe('succeeded')
  expect(await operatorPaid(shop, node, before)).toBe(20_000_000n)
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('killed between booking a foreign payment and moving on: it is not asked about', async () => {
  const shop = openShop()
  const { run, clock, lnd } = shop
  const first = shop.open(
    {},
    {
      afterCommit: ({ writes }) => {
        const isForeign = writes.some(
          (write) => write.op === 'insert' && write.row.kind === 'foreign-payment',
        )
        if (isForeign) first.kill()
      },
    },
  )
  await run(first.node.start())
  const before = await opening(shop, first.node)
  await clock.advance(5000)
  await run(lnd.pay(shop.bill(3000).paymentRequest))
  await clock.advance(aLook)
  expect(first.life.isOver).toBe(true)
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(2000)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  expect(await operatorPaid(shop, node, before)).toBe(3_000_000n)
})

test('a payout on an invoice that LND has failed to pay before is a new payment', async () => {
  const shop = await openRich()
  const { run, clock, lnd, payee } = shop
  await clock.advance(aLook)
  await run(shop.node.stop())
  const bill = shop.bill(20_000)
  payee.stop()
  expect((await run(lnd.pay(bill.paymentRequest))).state).toBe('failed')
  payee.start()
  await clock.advance(3000)
  const asking = shop.open({ role: 'api' }).node
  await run(asking.start())
  const destination = bill.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', asking)
  await run(asking.stop())
  const { node } = shop.open()
  await run(node.start())
  expect((await shop.ended(id, node)).state).toBe('succeeded')
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
})
