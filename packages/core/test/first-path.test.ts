import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from './shop.ts'

test('an invoice is paid and credited, a payout is paid and debited, the books sum to zero', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  expect((await node.status()).state).toBe('ready')
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '50000 sat', metadata: { orderId: '7' } }),
  )
  const waiting = node.invoices.waitUntilSettled(invoice.id)
  await run(shop.payer.pay(invoice.paymentRequest))
  const settled = await run(waiting)
  expect(settled.paid).toEqual(sat(50_000))
  const request = shop.payee.createInvoice({ amountMsat: 20_000_000n })
  const payout = await run(
    node.payouts.request(
      { partner: 'm1', destination: request.paymentRequest },
      { idempotencyKey: 'p1' },
    ),
  )
  const succeeded = new Promise((resolve) =>
    node.on('payout.succeeded', ({ payout }) => resolve(payout)),
  )
  await run(succeeded)
  const done = await run(node.payouts.get(payout.id))
  expect(done.state).toBe('succeeded')
  expect(done.preimage).toBe(request.preimage)
  const balances = await run(node.ledger.balances())
  expect(balances.sum.msat).toBe(0n)
  expect(balances.partners[0]!.available.msat).toBe(30_000_000n - done.fee!.msat)
  expect(balances.partners[0]!.reserved.msat).toBe(0n)
  await run(node.stop())
})
