import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openRich(): Promise<Shop> {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const hashUsed = (paymentHash: string, payout?: string): object => ({
  code: 'payout.hash-used',
  details: { paymentHash, ...(payout && { payout }) },
  isRetryable: false,
})

test('O8: a payment hash is for one payout: while it is under way and after it was paid', async () => {
  const shop = await openRich()
  const hold = shop.payee.createHoldInvoice({ amountMsat: 10_000_000n })
  const first = await shop.request({ destination: hold.paymentRequest }, 'first')
  const again = (): Promise<unknown> => shop.request({ destination: hold.paymentRequest }, 'second')
  await expect(again()).rejects.toMatchObject(hashUsed(hold.paymentHash, first.id))
  await shop.clock.advance(1000)
  await expect(again()).rejects.toMatchObject(hashUsed(hold.paymentHash, first.id))
  shop.payee.settleHold(hold.paymentHash)
  await shop.ended(first.id)
  await expect(again()).rejects.toMatchObject(hashUsed(hold.paymentHash, first.id))
  await expectBooks(shop, { available: 90_000, reserved: 0 })
})

test('two requests for one invoice at once: one is accepted', async () => {
  const shop = await openRich()
  const { paymentRequest, paymentHash } = shop.bill(10_000)
  const results = await shop.run(
    Promise.allSettled(
      ['a', 'b', 'c'].map((idempotencyKey) =>
        shop.node.payouts.request(
          { partner: 'm1', destination: paymentRequest },
          { idempotencyKey },
        ),
      ),
    ),
  )
  const [accepted, ...more] = results.filter((result) => result.status === 'fulfilled')
  expect(more).toEqual([])
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject(hashUsed(paymentHash, accepted!.value.id))
  await shop.ended(accepted!.value.id)
  await expectBooks(shop, { available: 90_000, reserved: 0 })
})

test('a hash that failed for certain may be paid by a new payout', async () => {
  const shop = await openRich()
  const bill = shop.bill(10_000)
  shop.payee.stop()
  const first = await shop.request({ destination: bill.paymentRequest })
  const failed = await shop.ended(first.id)
  expect(failed.state).toBe('failed')
  shop.payee.start()
  await shop.clock.advance(5000)
  const second = await shop.request({ destination: bill.paymentRequest })
  expect(second.id).not.toBe(first.id)
  expect((await shop.ended(second.id)).preimage).toBe(bill.preimage)
  expect(await shop.run(shop.node.payouts.get(first.id))).toEqual(failed)
  await expectBooks(shop, { available: 90_000, reserved: 0 })
})

test('O8: the failure of the former payout on an invoice is not taken for the next one s', async () => {
  for (const way of ['lost call', 'late call of a killed process'] as const) {
    const shop = await openRich()
    const { lnd, payee, clock, run } = shop
    const bill = shop.bill(10_000, { expirySeconds: 86_400 })
    payee.stop()
    const first = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
    const failed = await shop.ended(first.id)
    expect(failed.state).toBe('failed')
    payee.start()
    await clock.advance(5000)
    // Handed over, and LND still shows the failure of the first one.
    lnd.faults.once(
      'pay',
      'before-effect',
      way === 'lost call' ? { outcome: 'unknown' } : { delayMilliseconds: 20_000 },
    )
    const second = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
    let { node } = shop
    if (way !== 'lost call') {
      await clock.advance(1000)
      expect((await run(node.payouts.get(second.id))).attempt?.state, way).toBe('sent')
      shop.process.kill()
      node = shop.open().node
      await run(node.start())
    }
    expect(lnd.findPayment(bill.paymentHash)?.state, way).toBe('failed')
    const done = await shop.ended(second.id, node)
    expect(done, way).toMatchObject({ state: 'succeeded', preimage: bill.preimage })
    // The late call has arrived by then, and has changed nothing.
    await clock.advance(60_000)
    expect(await run(node.payouts.get(second.id)), way).toEqual(done)
    expect(await run(node.payouts.get(first.id)), way).toEqual(failed)
    expect(payee.findInvoice(bill.paymentHash)?.paidMsat, way).toBe(10_000_000n)
    await expectBooks(shop, { available: 90_000, reserved: 0 }, node)
    await run(node.stop())
  }
})

test('a payout that fails as the former one on its invoice did is booked by its own failure', async () => {
  const shop = await openRich()
  const bill = shop.bill(10_000, { expirySeconds: 86_400 })
  shop.payee.stop()
  for (let at = 0; at < 3; at++) {
    const payout = await shop.request({ destination: bill.paymentRequest })
    expect((await shop.ended(payout.id)).state).toBe('failed')
    await expectBooks(shop, { available: 100_000, reserved: 0 })
  }
})

test('what another program has paid or is paying is not paid again nor taken for ours', async () => {
  const shop = await openRich()
  const { lnd, run } = shop
  const bill = shop.bill(10_000)
  await run(lnd.pay(bill.paymentRequest))
  const hold = shop.payee.createHoldInvoice({ amountMsat: 10_000_000n })
  const paying = lnd.pay(hold.paymentRequest)
  await shop.clock.advance(1000)
  const before = await shop.everything()
  for (const { paymentRequest, paymentHash } of [bill, hold])
    await expect(shop.request({ destination: paymentRequest })).rejects.toMatchObject(
      hashUsed(paymentHash, 'a payment that another program made'),
    )
  expect(await shop.changes(before)).toEqual([])
  // What it tried in vain may be paid.
  const other = shop.bill(5000)
  shop.payee.stop()
  expect((await run(lnd.pay(other.paymentRequest))).state).toBe('failed')
  shop.payee.start()
  await shop.clock.advance(5000)
  const payout = await shop.request({ destination: other.paymentRequest })
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  shop.payee.settleHold(hold.paymentHash)
  await run(paying)
})
