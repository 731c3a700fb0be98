import { silentLogger, systemRandom } from '@payment-node/core'
import { expect, test } from 'vitest'
import type { Context } from '../../src/context.ts'
import { settleInvoice } from '../../src/invoices/settle-invoice.ts'
import { createTracer } from '../../src/metrics/create-tracer.ts'
import { identityOf } from '../ledger/book-by-hand.ts'
import { openShop } from '../shop.ts'

test('I5: many who see one payment at once credit it once; a second payment of the row is never a second credit', async () => {
  // Nobody receives in this role: the test does.
  const shop = openShop({ options: { role: 'api' } })
  const { node, run, lnd, payer, clock, process } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  await run(payer.pay(invoice.paymentRequest))
  const seen = await run(lnd.lightning.lookupInvoice(invoice.paymentHash))
  expect(seen.state).toBe('settled')
  const context = {
    clock,
    storage: process.storage,
    random: systemRandom,
    logger: silentLogger,
    tracer: createTracer(undefined),
  } as unknown as Context
  const settle = (paidMsat: bigint) =>
    settleInvoice(context, identityOf(shop), { ...seen, paidMsat })
  const answers = await run(Promise.all(Array.from({ length: 64 }, () => settle(seen.paidMsat))))
  expect(answers.filter((answer) => answer === 'credited')).toHaveLength(1)
  expect(answers.filter((answer) => answer === 'known')).toHaveLength(63)
  const before = await shop.everything()
  // As if it could be paid again, with another amount.
  expect(await run(settle(9_000_000n))).toBe('known')
  expect(await shop.changes(before)).toEqual([])
  const { partners, world, sum } = await run(node.ledger.balances())
  expect(partners[0]!.available.msat).toBe(5000n)
  expect([world.payers.msat, sum.msat]).toEqual([-5000n, 0n])
})
