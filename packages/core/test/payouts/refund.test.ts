import { type Invoice, type Payout, type RefundInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

interface Sold {
  readonly shop: Shop
  readonly invoice: Invoice
  refund(input: Partial<RefundInput> & { readonly destination: string }): Promise<Payout>
}

async function openSold(amountSat = 100_000): Promise<Sold> {
  const shop = openShop()
  await shop.run(shop.node.start())
  const invoice = await shop.sell(amountSat)
  let keys = 0
  return {
    shop,
    invoice,
    refund: (input) =>
      shop.run(
        shop.node.payouts.refund(
          { invoice: invoice.id, feeLimit: '0 sat', ...input },
          { idempotencyKey: `refund-${++keys}` },
        ),
      ),
  }
}

const debtOf = async (shop: Shop): Promise<number> =>
  Number((await shop.run(shop.node.partners.get('m1'))).debt.msat) / 1000

const aboveReceived = (received: number, refunded: number, requested: number): object => ({
  code: 'refund.above-received',
  details: { received: sat(received), refunded: sat(refunded), requested: sat(requested) },
})

/** The payee refuses it. */
function refusedInvoice({ payee }: Shop, amountSat: number): string {
  const hold = payee.createHoldInvoice({ amountMsat: BigInt(amountSat) * 1000n })
  payee.cancelHold(hold.paymentHash)
  return hold.paymentRequest
}

test('a refund is a payout of the invoice s partner, in parts too, never more than was received in all', async () => {
  const { shop, invoice, refund } = await openSold()
  const first = await refund({ destination: shop.bill(60_000).paymentRequest })
  expect(first).toMatchObject({
    partner: 'm1',
    purpose: 'refund',
    invoice: invoice.id,
    amount: sat(60_000),
    debt: null,
  })
  // On its way counts already.
  await shop.sell(500_000)
  const more = (amount: number): Promise<Payout> =>
    refund({ destination: shop.bill(amount).paymentRequest })
  await expect(more(40_001)).rejects.toMatchObject(aboveReceived(100_000, 60_000, 40_001))
  expect((await shop.ended(first.id)).state).toBe('succeeded')
  await expect(more(40_001)).rejects.toMatchObject(aboveReceived(100_000, 60_000, 40_001))
  await shop.ended((await more(40_000)).id)
  await expect(more(1)).rejects.toMatchObject(aboveReceived(100_000, 100_000, 1))
  await expectBooks(shop, { available: 500_000, reserved: 0 })
})

test('a refund that failed gives back to the invoice and to the partner', async () => {
  const { shop, refund } = await openSold()
  const { id } = await refund({ destination: refusedInvoice(shop, 100_000) })
  await expectBooks(shop, { available: 0, reserved: 100_000 })
  expect((await shop.ended(id)).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 })
  await shop.ended((await refund({ destination: shop.bill(100_000).paymentRequest })).id)
  await expectBooks(shop, { available: 0, reserved: 0 })
})

test('without leave for a debt the balance must cover it; with it the rest is owed', async () => {
  const { shop, refund } = await openSold()
  const payout = await shop.request({
    destination: shop.bill(70_000).paymentRequest,
    feeLimit: '0 sat',
  })
  await shop.ended(payout.id)
  const { paymentRequest } = shop.bill(100_000)
  await expect(refund({ destination: paymentRequest })).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(30_000), needed: sat(100_000) },
  })
  const refunded = await refund({ destination: paymentRequest, allowDebt: true })
  expect(refunded.debt).toEqual(sat(70_000))
  await expectBooks(shop, { available: 0, reserved: 100_000 })
  expect(await debtOf(shop)).toBe(70_000)
  expect((await shop.ended(refunded.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 0, reserved: 0 })
  expect(await debtOf(shop)).toBe(70_000)
  // Whatever arrives pays it first.
  await shop.sell(80_000)
  expect(await debtOf(shop)).toBe(0)
  await expectBooks(shop, { available: 10_000, reserved: 0 })
})

test('what fails pays the debt back that is left of it, and the partner the rest', async () => {
  const { shop, refund } = await openSold()
  const payout = await shop.request({
    destination: shop.bill(70_000).paymentRequest,
    feeLimit: '0 sat',
  })
  await shop.ended(payout.id)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 100_000_000n })
  const { id } = await refund({ destination: hold.paymentRequest, allowDebt: true })
  await shop.clock.advance(2000)
  await shop.sell(20_000)
  expect(await debtOf(shop)).toBe(50_000)
  shop.payee.cancelHold(hold.paymentHash)
  expect((await shop.ended(id)).state).toBe('failed')
  expect(await debtOf(shop)).toBe(0)
  await expectBooks(shop, { available: 50_000, reserved: 0 })
})

test('the unused fee of a refund that was owed goes to the debt', async () => {
  const { shop, refund } = await openSold()
  const { paymentRequest } = shop.bill(100_000)
  const refunded = await refund({
    destination: paymentRequest,
    feeLimit: '1000 sat',
    allowDebt: true,
  })
  expect(refunded.debt).toEqual(sat(1000))
  expect((await shop.ended(refunded.id)).state).toBe('succeeded')
  expect(await debtOf(shop)).toBe(0)
  await expectBooks(shop, { available: 0, reserved: 0 })
})

test('many refunds of one invoice at once give back no more than was received', async () => {
  const { shop, invoice } = await openSold()
  await shop.sell(1_000_000)
  const results = await shop.run(
    Promise.allSettled(
      Array.from({ length: 32 }, (_, at) =>
        shop.node.payouts.refund(
          {
            invoice: invoice.id,
            destination: shop.bill(20_000).paymentRequest,
            feeLimit: '0 sat',
          },
          { idempotencyKey: `race-${at}` },
        ),
      ),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject(aboveReceived(100_000, 100_000, 20_000))
})

test('the same key gives the same refund, and no other payout of the partner', async () => {
  const { shop, invoice } = await openSold()
  const destination = shop.bill(10_000).paymentRequest
  const refund = (more: object = {}): Promise<Payout> =>
    shop.run(
      shop.node.payouts.refund(
        { invoice: invoice.id, destination, ...more },
        { idempotencyKey: 'once' },
      ),
    )
  const first = await refund()
  const done = await shop.ended(first.id)
  expect(await refund()).toEqual(done)
  await expect(refund({ allowDebt: true })).rejects.toMatchObject({
    code: 'idempotency.conflict',
    details: { field: 'allowDebt' },
  })
  await expect(shop.request({ destination }, 'once')).rejects.toMatchObject({
    code: 'idempotency.conflict',
    details: { field: 'refundOf' },
  })
})

test('what was not settled is not given back', async () => {
  const { shop, refund } = await openSold()
  const open = await shop.run(shop.node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const { paymentRequest } = shop.bill(5)
  await expect(refund({ invoice: open.id, destination: paymentRequest })).rejects.toMatchObject({
    code: 'invoice.not-settled',
    details: { state: 'open' },
  })
  await expect(refund({ invoice: 'nobody', destination: paymentRequest })).rejects.toMatchObject({
    code: 'invoice.not-found',
  })
})

test('O9: a receipt is booked while a refund with a debt is stored: what is owed is paid before anything goes out', async () => {
  const shop = openShop({ isExclusive: true })
  const { run, clock } = shop
  const setUp = shop.open()
  await run(setUp.node.start())
  const invoice = await shop.sell(100_000, setUp.node)
  const out = { destination: shop.bill(100_000).paymentRequest, feeLimit: '0 sat' }
  await shop.ended((await shop.request(out, 'out', setUp.node)).id, setUp.node)
  await run(setUp.node.stop())
  const { node } = shop.open(
    {},
    {
      async beforeCommit({ writes }) {
        const write = writes.find(({ table }) => table.name === 'payouts')
        if (write?.op === 'insert' && write.row.purpose === 'refund') await clock.sleep(5000)
      },
    },
  )
  await run(node.start())
  const other = await run(node.invoices.create({ partner: 'm1', amount: '120000 sat' }))
  const refunding = node.payouts.refund(
    {
      invoice: invoice.id,
      destination: shop.bill(100_000).paymentRequest,
      feeLimit: '0 sat',
      allowDebt: true,
    },
    { idempotencyKey: 'refund' },
  )
  await clock.advance(500)
  const paying = shop.payer.pay(other.paymentRequest)
  await clock.advance(20_000)
  await run(paying)
  await run(refunding)
  const credit = await run(node.partners.get('m1'))
  expect([credit.available, credit.debt]).toEqual([sat(120_000), sat(100_000)])

  const most = shop.request(
    { destination: shop.bill(20_001).paymentRequest, feeLimit: '0 sat' },
    'more-than-is-left',
    node,
  )
  await expect(most).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(20_000) },
  })
  const all = await run(
    node.payouts.estimate({
      partner: 'm1',
      destination: shop.payee.createInvoice({ amountMsat: null }).paymentRequest,
      amount: 'all',
      feeLimit: '0 sat',
    }),
  )
  expect(all.amount).toEqual(sat(20_000))
  const paid = await shop.request(
    { destination: shop.bill(15_000).paymentRequest, feeLimit: '0 sat' },
    'what-is-left',
    node,
  )
  expect((await shop.ended(paid.id, node)).state).toBe('succeeded')
  await expectBooks(shop, { available: 5000, reserved: 0 }, node)
  expect((await run(node.partners.get('m1'))).debt).toEqual(sat(0))
})
