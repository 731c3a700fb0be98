import { PaymentNodeError, type Payout } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openHeld(): Promise<{ shop: Shop; hash: string; payout: Payout }> {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await shop.clock.advance(1000)
  expect(shop.payee.findInvoice(hold.paymentHash)?.state).toBe('accepted')
  return { shop, hash: hold.paymentHash, payout }
}

const day = 86_400_000

test('O2: a payment held for an hour stays sending and reserved, then ends as the payee decides', async () => {
  for (const ending of ['succeeded', 'failed'] as const) {
    const { shop, hash, payout } = await openHeld()
    await shop.clock.advance(3 * 3_600_000)
    expect(await shop.run(shop.node.payouts.get(payout.id))).toMatchObject({
      state: 'sending',
      reason: null,
      attempt: { state: 'sent', isSeen: true },
    })
    await expectBooks(shop, { available: 80_000, reserved: 20_000 })
    if (ending === 'succeeded') shop.payee.settleHold(hash)
    else shop.payee.cancelHold(hash)
    const done = await shop.ended(payout.id)
    expect(done.state).toBe(ending)
    if (ending === 'failed') expect(done.reason).toBe('incorrect-details')
    await expectBooks(shop, { available: ending === 'succeeded' ? 80_000 : 100_000, reserved: 0 })
  }
}, 20_000)

test('stopping does not wait for a held payment; the next process follows it to its end', async () => {
  for (const ending of ['succeeded', 'failed'] as const) {
    const { shop, hash, payout } = await openHeld()
    const before = shop.clock.monotonic()
    await shop.run(shop.node.stop())
    expect(shop.clock.monotonic() - before).toBeLessThan(1000)
    // Fourteen days, in which LND and the payee start again.
    await shop.clock.advance(7 * day)
    shop.lnd.restart()
    shop.payee.restart()
    await shop.clock.advance(7 * day)
    const { node } = shop.open()
    await shop.run(node.start())
    await shop.clock.advance(5000)
    expect((await shop.run(node.payouts.get(payout.id))).state).toBe('sending')
    await expectBooks(shop, { available: 80_000, reserved: 20_000 }, node)
    if (ending === 'succeeded') shop.payee.settleHold(hash)
    else shop.payee.cancelHold(hash)
    expect((await shop.ended(payout.id, node)).state).toBe(ending)
    const available = ending === 'succeeded' ? 80_000 : 100_000
    await expectBooks(shop, { available, reserved: 0 }, node)
  }
})

test('what ended while nobody was up is found at the start', async () => {
  for (const ending of ['succeeded', 'failed'] as const) {
    const { shop, hash, payout } = await openHeld()
    await shop.run(shop.node.stop())
    if (ending === 'succeeded') shop.payee.settleHold(hash)
    else shop.payee.cancelHold(hash)
    await shop.clock.advance(day)
    const { node } = shop.open()
    await shop.run(node.start())
    expect((await shop.ended(payout.id, node)).state).toBe(ending)
    const available = ending === 'succeeded' ? 80_000 : 100_000
    await expectBooks(shop, { available, reserved: 0 }, node)
  }
})

test('payments that LND holds take no place from others, however many, also after a restart', async () => {
  const shop = openShop({ options: { payouts: { maximumConcurrent: 1 } } })
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const holds = Array.from({ length: 40 }, () =>
    shop.payee.createHoldInvoice({ amountMsat: 500_000n, expirySeconds: 86_400 }),
  )
  for (const { paymentRequest } of holds)
    await shop.request({ destination: paymentRequest, feeLimit: '0 sat' })
  const held = (): number =>
    holds.filter(({ paymentHash }) => shop.payee.findInvoice(paymentHash)?.state === 'accepted')
      .length
  const payOne = async (node = shop.node): Promise<string> => {
    const bill = shop.bill(100)
    const payout = await shop.request({ destination: bill.paymentRequest }, bill.preimage, node)
    // Not behind the forty, each of which is looked at every half a minute.
    await shop.clock.advance(3000)
    return (await shop.run(node.payouts.get(payout.id))).state
  }
  await shop.clock.advance(60_000)
  expect(held()).toBe(40)
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  for (let at = 0; at < 3; at++) {
    expect(await payOne()).toBe('succeeded')
    await shop.clock.advance(7000)
  }
  // Who takes over finds them all, and they take no place there either.
  await shop.run(shop.node.stop())
  const { node } = shop.open()
  await shop.run(node.start())
  await shop.clock.advance(60_000)
  expect(await payOne(node)).toBe('succeeded')
  expect(held()).toBe(40)
  for (const { paymentHash } of holds) shop.payee.settleHold(paymentHash)
  await shop.clock.advance(30_000)
  await expectBooks(shop, { available: 79_600, reserved: 0 }, node)
}, 20_000)

test('O2: LND starting again and again during a payment does not lose it', async () => {
  const { shop, hash, payout } = await openHeld()
  for (let at = 0; at < 6; at++) {
    shop.lnd.restart()
    await shop.clock.advance(700 + at * 611)
  }
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  shop.payee.settleHold(hash)
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('a storage that fails for a moment while a payment is held does not hold up the others', async () => {
  const { shop, hash, payout } = await openHeld()
  const { storage } = shop.process
  const claim = storage.claim.bind(storage)
  let failures = 3
  storage.claim = (...parameters) =>
    failures-- > 0
      ? Promise.reject(new PaymentNodeError('storage.unavailable', 'Busy.', { outcome: 'none' }))
      : claim(...parameters)
  await shop.clock.advance(30_000)
  expect(failures).toBeLessThan(0)
  const next = await shop.request({ destination: shop.bill(100).paymentRequest })
  expect((await shop.ended(next.id)).state).toBe('succeeded')
  shop.payee.settleHold(hash)
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 79_900, reserved: 0 })
})
