import { msat, type PartnerInput, type Payout, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openLimited(partner: Partial<PartnerInput>, isExclusive = true): Promise<Shop> {
  const shop = openShop({ isExclusive })
  await shop.run(shop.node.start())
  await shop.sell(500_000)
  await shop.run(shop.node.partners.upsert({ id: 'm1', ...partner }))
  return shop
}

const pay = (shop: Shop, amount: number, feeLimit = '0 sat'): Promise<Payout> =>
  shop.request({ destination: shop.bill(amount).paymentRequest, feeLimit })

const aboveCap = (cap: string, limit: number, requested: number): object => ({
  code: 'payout.above-cap',
  details: { cap, limit: sat(limit), requested: sat(requested) },
  message: expect.stringContaining(cap),
})

test("a partner's own cap per payout, the fee limit included, below the node's", async () => {
  const shop = await openLimited({ caps: { perPayout: '30000 sat' } })
  const refused = aboveCap('partner-per-payout', 30_000, 30_001)
  const before = await shop.everything()
  await expect(pay(shop, 30_001)).rejects.toMatchObject(refused)
  await expect(pay(shop, 30_000, '1 sat')).rejects.toMatchObject(refused)
  expect((await shop.changes(before)).filter((name) => name !== 'channels')).toEqual([])
  expect((await shop.ended((await pay(shop, 30_000)).id)).state).toBe('succeeded')
  await shop.run(shop.node.partners.upsert({ id: 'm1', caps: { perPayout: null } }))
  await shop.ended((await pay(shop, 30_001)).id)
})

test("a partner's own cap per day: worst cases under way, the real cost afterwards, nothing for what failed", async () => {
  const shop = await openLimited({ caps: { perDay: '50000 sat' } })
  const first = await pay(shop, 20_000, '10000 sat')
  await expect(pay(shop, 20_001)).rejects.toMatchObject(aboveCap('partner-per-day', 50_000, 20_001))
  await shop.ended(first.id)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 30_000_000n })
  shop.payee.cancelHold(hold.paymentHash)
  const failed = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  expect((await shop.ended(failed.id)).state).toBe('failed')
  await shop.ended((await pay(shop, 30_000)).id)
  await expect(pay(shop, 1)).rejects.toMatchObject(aboveCap('partner-per-day', 50_000, 1))
  // Other partners have their own day.
  const { partner_days: days } = await shop.rowsOf(['partner_days'])
  expect(days).toMatchObject([{ partner: 'm1', amount_msat: 50_000_000n }])
})

test('a cap that a partner gets during the day counts what was paid before', async () => {
  const shop = await openLimited({})
  await shop.ended((await pay(shop, 20_000)).id)
  await shop.run(shop.node.partners.upsert({ id: 'm1', caps: { perDay: '25000 sat' } }))
  await expect(pay(shop, 5001)).rejects.toMatchObject(aboveCap('partner-per-day', 25_000, 5001))
  await shop.ended((await pay(shop, 5000)).id)
})

test("many requests at once do not pass a partner's cap of the day together", async () => {
  const shop = await openLimited({ caps: { perDay: '50000 sat' } }, false)
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
      expect(result.reason).toMatchObject(aboveCap('partner-per-day', 50_000, 10_000))
})

test('fees paid by the operator: the partner reserves and pays the amount alone', async () => {
  const shop = await openLimited({ payout: { feesPaidBy: 'operator' } })
  const { node, run, network } = shop
  const far = network.addNode('far')
  network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  const bill = far.createInvoice({ amountMsat: 500_000_000n })
  const operatorBefore = (await run(node.ledger.balances())).operator.msat
  const payout = await shop.request({ destination: bill.paymentRequest })
  expect(payout).toMatchObject({ feesPaidBy: 'operator', feeLimit: sat(2500) })
  await expectBooks(shop, { available: 0, reserved: 500_000 })
  // 1 sat and 1 ppm of 500 000 sat.
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'succeeded', fee: msat(1500) })
  await expectBooks(shop, { available: 0, reserved: 0 })
  expect((await run(node.ledger.balances())).operator.msat - operatorBefore).toBe(-1500n)
})

test('fees paid by the operator: a failed payout costs nobody anything', async () => {
  const shop = await openLimited({ payout: { feesPaidBy: 'operator' } })
  const before = (await shop.run(shop.node.ledger.balances())).operator
  const hold = shop.payee.createHoldInvoice({ amountMsat: 500_000_000n })
  shop.payee.cancelHold(hold.paymentHash)
  const { id } = await shop.request({ destination: hold.paymentRequest })
  expect((await shop.ended(id)).state).toBe('failed')
  await expectBooks(shop, { available: 500_000, reserved: 0 })
  expect((await shop.run(shop.node.ledger.balances())).operator).toEqual(before)
})

test('who pays the fees is what it was when the payout was asked for', async () => {
  const shop = await openLimited({ payout: { feesPaidBy: 'operator' } })
  const hold = shop.payee.createHoldInvoice({ amountMsat: 400_000_000n })
  const { id } = await shop.request({ destination: hold.paymentRequest })
  await shop.clock.advance(2000)
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'partner' } }))
  shop.payee.settleHold(hold.paymentHash)
  expect(await shop.ended(id)).toMatchObject({ state: 'succeeded', feesPaidBy: 'operator' })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('a cap that is set while a payout is being stored holds for it', async () => {
  const shop = await openLimited({}, false)
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const { storage } = shop.process
  const commit = storage.commit.bind(storage)
  let isSet = false
  storage.commit = async (change) => {
    const isPayout = change.writes.some(({ table }) => table.name === 'payouts')
    if (isPayout && !isSet) {
      isSet = true
      await other.partners.upsert({ id: 'm1', caps: { perPayout: '9999 sat' } })
    }
    return commit(change)
  }
  await expect(pay(shop, 10_000)).rejects.toMatchObject(
    aboveCap('partner-per-payout', 9999, 10_000),
  )
  expect(isSet).toBe(true)
})

test('O7: fees paid by the operator have no minimum: tiny payouts through a hop of one’s own take nothing', async () => {
  const shop = await openLimited({ payout: { feesPaidBy: 'operator' } })
  const { node, run, network } = shop
  const far = network.addNode('far')
  network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  // The hop asks 9 sat, just below the usual minimum of the fee limit.
  for (const policy of await run(shop.payee.lightning.policies!.read()))
    await run(shop.payee.lightning.policies!.write({ ...policy, baseFeeMsat: 9000n }))
  const before = (await run(node.ledger.balances())).operator.msat
  for (let number = 0; number < 20; number++) {
    const { paymentRequest } = far.createInvoice({ amountMsat: 1000n })
    const { id, feeLimit } = await shop.request({ destination: paymentRequest }, `tiny-${number}`)
    expect(feeLimit).toEqual(msat(5))
    await shop.ended(id)
  }
  expect((await run(node.ledger.balances())).operator.msat).toBe(before)
})

test('O7: what the operator pays for a partner is bounded per day: worst fees under way, real ones afterwards', async () => {
  const shop = openShop({ options: { caps: { operatorFeesPerDay: '1000 sat' } } })
  await shop.run(shop.node.start())
  await shop.sell(500_000)
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'operator' } }))
  const far = shop.network.addNode('far')
  shop.network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  const feesOfDay = async (): Promise<unknown> =>
    (await shop.rowsOf(['operator_fee_days'])).operator_fee_days!.map((row) => row.amount_msat)
  const payFar = (feeLimit: string): Promise<Payout> =>
    shop.request({
      destination: far.createInvoice({ amountMsat: 1_000_000n }).paymentRequest,
      feeLimit,
    })
  await expect(payFar('1001 sat')).rejects.toMatchObject(
    aboveCap('operator-fees-per-day', 1000, 1001),
  )
  const first = await payFar('600 sat')
  expect(await feesOfDay()).toEqual([600_000n])
  const before = await shop.everything()
  await expect(payFar('401 sat')).rejects.toMatchObject(
    aboveCap('operator-fees-per-day', 1000, 401),
  )
  expect((await shop.changes(before)).filter((name) => name !== 'channels')).toEqual([])
  expect(await shop.ended(first.id)).toMatchObject({ state: 'succeeded', fee: msat(1001) })
  expect(await feesOfDay()).toEqual([1001n])
  const hold = far.createHoldInvoice({ amountMsat: 1_000_000n })
  far.cancelHold(hold.paymentHash)
  const failed = await shop.request({ destination: hold.paymentRequest, feeLimit: '998 sat' })
  expect((await shop.ended(failed.id)).state).toBe('failed')
  expect(await feesOfDay()).toEqual([1001n])
  await expect(payFar('999 sat')).rejects.toMatchObject(
    aboveCap('operator-fees-per-day', 1000, 999),
  )
  // Fees that the partner pays itself are none of the operator's.
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'partner' } }))
  await shop.ended((await payFar('5000 sat')).id)
  expect(await feesOfDay()).toEqual([1001n])
})
