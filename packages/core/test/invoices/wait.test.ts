import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('many who wait for one invoice are all told, and who asks later is told at once', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const waiting = Array.from({ length: 10 }, () => node.invoices.waitUntilSettled(invoice.id))
  await run(shop.payer.pay(invoice.paymentRequest))
  const before = shop.clock.monotonic()
  for (const settled of await run(Promise.all(waiting))) expect(settled.paid).toEqual(sat(5))
  // By the event, not by looking every few seconds.
  expect(shop.clock.monotonic() - before).toBeLessThan(1000)
  expect((await run(node.invoices.waitUntilSettled(invoice.id))).state).toBe('settled')
})

test('a wait ends by its signal, without a word about the invoice', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const giving = new AbortController()
  const waiting = node.invoices.waitUntilSettled(invoice.id, { signal: giving.signal })
  const ended = expect(waiting).rejects.toMatchObject({ code: 'wait.aborted', isRetryable: true })
  await shop.clock.advance(20_000)
  giving.abort(new Error('the customer left'))
  await ended
  await expect(
    run(node.invoices.waitUntilSettled(invoice.id, { signal: AbortSignal.abort() })),
  ).rejects.toMatchObject({ code: 'wait.aborted' })
  expect((await run(node.invoices.get(invoice.id))).state).toBe('open')
})

test('a wait ends when the node stops', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const waiting = expect(node.invoices.waitUntilSettled(invoice.id)).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'not-started' },
  })
  await shop.clock.advance(1000)
  const before = shop.clock.monotonic()
  await run(node.stop())
  await run(waiting)
  expect(shop.clock.monotonic() - before).toBeLessThan(1000)
})

test('who waits in another process is told as well', async () => {
  const shop = openShop({ isExclusive: false })
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const other = shop.open({ role: 'api' }).node
  await run(other.start())
  const invoice = await run(other.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const waiting = other.invoices.waitUntilSettled(invoice.id)
  await run(shop.payer.pay(invoice.paymentRequest))
  expect((await run(waiting)).paid).toEqual(sat(5))
})
