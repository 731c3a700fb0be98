import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

test('a canceled invoice cannot be paid, in LND either', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await run(node.partners.upsert({ id: 'm1' }))
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const waiting = node.invoices.waitUntilSettled(invoice.id)
  const told = expect(waiting).rejects.toMatchObject({ code: 'invoice.canceled' })
  const canceled = await run(node.invoices.cancel(invoice.id))
  expect(canceled).toMatchObject({ state: 'canceled', paid: null })
  expect(canceled.endedAt).not.toBeNull()
  await shop.clock.advance(1000)
  await told
  expect((await run(shop.payer.pay(invoice.paymentRequest))).state).toBe('failed')
  expect(shop.lnd.findInvoice(invoice.paymentHash)?.state).toBe('canceled')

  // Again is the same, also after its time, and it never becomes expired.
  expect(await run(node.invoices.cancel(invoice.id))).toEqual(canceled)
  await shop.clock.advance(3_700_000)
  expect(await run(node.invoices.cancel(invoice.id))).toEqual(canceled)
  const types = (await run(node.events.after('0'))).map(({ type }) => type)
  expect(types.filter((type) => type === 'invoice.canceled')).toHaveLength(1)
  expect(types).not.toContain('invoice.expired')
})

test('one that was paid cannot be canceled; one that has expired is returned as it is', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  const paid = await shop.sell(1000)
  await expect(run(node.invoices.cancel(paid.id))).rejects.toMatchObject({
    code: 'invoice.settled',
    details: { invoice: paid.id },
    isRetryable: false,
  })
  const invoice = await run(node.invoices.create({ partner: 'm1', expiresIn: '1m' }))
  await shop.clock.advance(65_000)
  expect((await run(node.invoices.cancel(invoice.id))).state).toBe('expired')
})

test('a cancellation and a payment at once: whoever is first, the books and LND agree', async () => {
  const outcomes = new Set<string>()
  for (let headStart = 0; headStart <= 60; headStart += 3) {
    const shop = openShop()
    const { node, run, clock } = shop
    await run(node.start())
    await run(node.partners.upsert({ id: 'm1' }))
    const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
    const paying = shop.payer.pay(invoice.paymentRequest)
    await clock.advance(headStart)
    const [canceled] = await run(Promise.allSettled([node.invoices.cancel(invoice.id)]))
    const payment = await run(paying)
    await clock.advance(5000)
    const { state, paid } = await run(node.invoices.get(invoice.id))
    const available = (await run(node.partners.get('m1'))).available.msat
    outcomes.add(`${payment.state} ${canceled.status}`)
    expect([state, paid?.msat ?? 0n, available], `head start ${headStart} ms`).toEqual(
      payment.state === 'succeeded' ? ['settled', 5000n, 5000n] : ['canceled', 0n, 0n],
    )
    if (canceled.status === 'rejected') expect(canceled.reason.code).toBe('invoice.settled')
    else expect(canceled.value.state).toBe('canceled')
    await run(node.stop())
  }
  expect([...outcomes].sort()).toEqual(['failed fulfilled', 'succeeded rejected'])
})

test('a lost reply of LND changes nothing here; the repeated call finds out', async () => {
  for (const moment of ['before-effect', 'after-effect'] as const) {
    const shop = openShop()
    const { node, run } = shop
    await run(node.start())
    await run(node.partners.upsert({ id: 'm1' }))
    const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
    shop.lnd.faults.once('cancelInvoice', moment, { outcome: 'unknown' })
    await expect(run(node.invoices.cancel(invoice.id))).rejects.toMatchObject({
      code: 'node.unavailable',
      isRetryable: true,
    })
    expect((await run(node.invoices.get(invoice.id))).state).toBe('open')
    expect((await run(node.invoices.cancel(invoice.id))).state).toBe('canceled')
  }
})
