import { createPaymentNode, silentLogger, systemClock } from '@payment-node/core'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { freshFile } from './fresh-file.ts'

test('O5: 64 requests for the full balance at once on SQLite: exactly one passes, the others are told why', async () => {
  const network = createSimulatedNetwork({ clock: systemClock, seed: 5 })
  const lnd = network.addNode('shop')
  const payer = network.addNode('payer')
  const payee = network.addNode('payee')
  network.establishChannel({ from: payer, to: lnd, capacitySat: 1_000_000n })
  network.establishChannel({ from: lnd, to: payee, capacitySat: 1_000_000n })
  const node = createPaymentNode({
    lightning: lnd.connect(),
    storage: sqlite({ file: freshFile() }),
    keys: { invoices: Uint8Array.from({ length: 32 }, (_, index) => index + 1) },
    logger: silentLogger,
  })
  onTestFinished(() => node.stop())
  await node.start()
  await node.partners.upsert({ id: 'm1' })
  const invoice = await node.invoices.create({ partner: 'm1', amount: '100000 sat' })
  await Promise.all([payer.pay(invoice.paymentRequest), node.invoices.waitUntilSettled(invoice.id)])

  // Held by the payee, so that nothing of the one that passes returns while the others ask.
  const holds = Array.from({ length: 64 }, () => payee.createHoldInvoice({ amountMsat: null }))
  const results = await Promise.allSettled(
    holds.map(({ paymentRequest }, at) =>
      node.payouts.request(
        { partner: 'm1', destination: paymentRequest, amount: 'all' },
        { idempotencyKey: `race-${at}` },
      ),
    ),
  )
  const passed = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(passed).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'payout.insufficient-balance' })
  const { available, reserved, owed } = {
    ...(await node.partners.get('m1')),
    ...(await node.ledger.balances()),
  }
  expect(reserved.msat).toBe(passed[0]!.amount.msat + passed[0]!.feeLimit.msat)
  expect(available.msat + reserved.msat).toBe(100_000_000n)
  expect(owed.msat).toBe(100_000_000n)
})
