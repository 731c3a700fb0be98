import { type Payout, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const caps = { perPayout: '30000 sat', perDay: '50000 sat' }

async function openCapped(isExclusive = true): Promise<Shop> {
  const shop = openShop({ options: { caps }, isExclusive })
  await shop.run(shop.node.start())
  await shop.sell(500_000)
  return shop
}

const pay = (shop: Shop, amount: number, feeLimit = '0 sat'): Promise<Payout> =>
  shop.request({ destination: shop.bill(amount).paymentRequest, feeLimit })

const aboveCap = (cap: string, limit: number, requested: number): object => ({
  code: 'payout.above-cap',
  details: { cap, limit: sat(limit), requested: sat(requested) },
  message: expect.stringContaining(cap),
})

test('no payout is above its cap, the fee limit included', async () => {
  const shop = await openCapped()
  const before = await shop.everything()
  await expect(pay(shop, 30_001)).rejects.toMatchObject(aboveCap('per-payout', 30_000, 30_001))
  await expect(pay(shop, 30_000, '1 sat')).rejects.toMatchObject(
    aboveCap('per-payout', 30_000, 30_001),
  )
  expect((await shop.changes(before)).filter((name) => name !== 'channels')).toEqual([])
  expect((await shop.ended((await pay(shop, 30_000)).id)).state).toBe('succeeded')
})

test('a day counts worst cases while they are under way, and the real cost afterwards', async () => {
  const shop = await openCapped()
  const first = await pay(shop, 20_000, '10000 sat')
  await expect(pay(shop, 20_001)).rejects.toMatchObject(aboveCap('per-day', 50_000, 20_001))
  await shop.ended(first.id)
  // The fee limit was not needed: 30 000 are left, not 20 000.
  await shop.ended((await pay(shop, 30_000)).id)
  await expect(pay(shop, 1)).rejects.toMatchObject(aboveCap('per-day', 50_000, 1))
})

test('what failed does not count', async () => {
  const shop = await openCapped()
  for (let at = 0; at < 4; at++) {
    const hold = shop.payee.createHoldInvoice({ amountMsat: 30_000_000n })
    shop.payee.cancelHold(hold.paymentHash)
    const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
    expect((await shop.ended(payout.id)).state).toBe('failed')
  }
  await shop.ended((await pay(shop, 30_000)).id)
  await shop.ended((await pay(shop, 20_000)).id)
  await expect(pay(shop, 1)).rejects.toMatchObject({ code: 'payout.above-cap' })
})

test('the next UTC day begins anew; what ends then returns to the day it was counted on', async () => {
  const shop = await openCapped()
  const { clock, payee } = shop
  // The clock starts at midnight.
  expect(new Date(clock.now()).toISOString()).toContain('T00:00')
  await shop.run(shop.node.stop())
  await clock.advance(23.5 * 3_600_000)
  const { node } = shop.open()
  await shop.run(node.start())
  const hold = payee.createHoldInvoice({ amountMsat: 30_000_000n, expirySeconds: 86_400 })
  const held = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '0 sat' },
    'h',
    node,
  )
  const second = await shop.request(
    { destination: shop.bill(20_000).paymentRequest, feeLimit: '0 sat' },
    's',
    node,
  )
  await shop.ended(second.id, node)
  const more = (key: string, amount: number): Promise<Payout> =>
    shop.request({ destination: shop.bill(amount).paymentRequest, feeLimit: '0 sat' }, key, node)
  await expect(more('m', 1)).rejects.toMatchObject({ code: 'payout.above-cap' })
  await clock.advance(3_600_000)
  for (const [key, amount] of [
    ['a', 30_000],
    ['b', 20_000],
  ] as const)
    await shop.ended((await more(key, amount)).id, node)
  // Yesterday's failure gives nothing back to today.
  payee.cancelHold(hold.paymentHash)
  expect((await shop.ended(held.id, node)).state).toBe('failed')
  await expect(more('c', 1)).rejects.toMatchObject({ code: 'payout.above-cap' })
})

test('many requests at once do not pass the cap of the day together', async () => {
  const shop = await openCapped(false)
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const results = await shop.run(
    Promise.allSettled(
      Array.from({ length: 32 }, (_, at) =>
        (at % 2 === 0 ? shop.node : other).payouts.request(
          { partner: 'm1', destination: shop.bill(10_000).paymentRequest, feeLimit: '0 sat' },
          { idempotencyKey: `race-${at}` },
        ),
      ),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject(aboveCap('per-day', 50_000, 10_000))
})
