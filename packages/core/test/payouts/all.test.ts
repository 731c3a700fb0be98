import { msat, type PayoutInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openRich(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const toOpenInvoice = (shop: Shop, more: Partial<PayoutInput> = {}): PayoutInput => ({
  partner: 'm1',
  amount: 'all',
  destination: shop.bill(null).paymentRequest,
  ...more,
})

test('amount all: everything minus the worst-case fee, of which what was not needed returns', async () => {
  const shop = await openRich()
  const payout = await shop.request(toOpenInvoice(shop))
  // 99 502.487562 sat and 0.5 % of it are 99 999.999999… sat.
  expect(payout.amount).toEqual(msat(99_502_487))
  expect(payout.feeLimit).toEqual(msat(497_512))
  await shop.ended(payout.id)
  await expectBooks(shop, { available: 497.513, reserved: 0 })
})

test('amount all: with a given fee limit, with a small balance, and to the last msat', async () => {
  const shop = await openRich()
  const given = await shop.request(toOpenInvoice(shop, { feeLimit: '300 sat' }))
  expect(given).toMatchObject({ amount: sat(99_700), feeLimit: sat(300) })
  await shop.ended(given.id)
  // 300 sat are left: below 2000 sat the fee limit is 10 sat.
  const small = await shop.request(toOpenInvoice(shop))
  expect(small).toMatchObject({ amount: sat(290), feeLimit: sat(10) })
  await shop.ended(small.id)
  const last = await shop.request(toOpenInvoice(shop, { feeLimit: '0 sat' }))
  expect(last.amount).toEqual(sat(10))
  await shop.ended(last.id)
  await expect(shop.request(toOpenInvoice(shop))).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(0), needed: msat(10_001) },
  })
})

test('amount all: all of it where the operator pays the fees', async () => {
  const shop = await openRich()
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'operator' } }))
  const payout = await shop.request(toOpenInvoice(shop))
  expect(payout).toMatchObject({ amount: sat(100_000), feeLimit: sat(500) })
  await shop.ended(payout.id)
  await expectBooks(shop, { available: 0, reserved: 0 })
})

test('amount all: the same key gives the same payout, whatever was earned since; caps hold', async () => {
  const shop = await openRich()
  const input = toOpenInvoice(shop, { feeLimit: '0 sat' })
  const first = await shop.request(input, 'once')
  const done = await shop.ended(first.id)
  await shop.sell(50_000)
  expect(await shop.request(input, 'once')).toEqual(done)
  await shop.run(shop.node.partners.upsert({ id: 'm1', caps: { perPayout: '40000 sat' } }))
  await expect(shop.request(toOpenInvoice(shop))).rejects.toMatchObject({
    code: 'payout.above-cap',
    details: { cap: 'partner-per-payout' },
  })
})

test('amount all: money that arrives at the same time stays', async () => {
  const shop = await openRich({ isExclusive: false })
  const { run, node, payer } = shop
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '7000 sat' }))
  const paying = payer.pay(invoice.paymentRequest)
  const settled = node.invoices.waitUntilSettled(invoice.id)
  const payout = await shop.request(toOpenInvoice(shop, { feeLimit: '0 sat' }))
  await run(Promise.all([paying, settled]))
  await shop.ended(payout.id)
  const left = Number(107_000_000n - payout.amount.msat) / 1000
  await expectBooks(shop, { available: left, reserved: 0 })
})

async function expectOneOf64(shop: Shop, others: readonly Shop['node'][]): Promise<void> {
  const nodes = [shop.node, ...others]
  const results = await shop.run(
    Promise.allSettled(
      Array.from({ length: 64 }, (_, at) =>
        nodes[at % nodes.length]!.payouts.request(toOpenInvoice(shop), {
          idempotencyKey: `race-${at}`,
        }),
      ),
    ),
  )
  const accepted = results.filter((result) => result.status === 'fulfilled')
  expect(accepted).toHaveLength(1)
  const { value } = accepted[0]!
  for (const result of results) {
    if (result.status !== 'rejected') continue
    expect(result.reason).toMatchObject({ code: 'payout.insufficient-balance' })
    // What the worst fee left of it.
    expect(result.reason.details.available.msat).toBeLessThan(1000n)
  }
  await shop.ended(value.id)
  const left = Number(100_000_000n - value.amount.msat) / 1000
  await expectBooks(shop, { available: left, reserved: 0 })
}

test('O5: 64 requests for the full balance at once, from two processes: exactly one passes, the others are told why', async () => {
  const shop = await openRich({ isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  await expectOneOf64(shop, [other])
})
