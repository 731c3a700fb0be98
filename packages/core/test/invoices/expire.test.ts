import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

async function openForSale(): Promise<Shop> {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  return shop
}

const minute = 60_000

test('an invoice expires once, in its second, and is told', async () => {
  const shop = await openForSale()
  const { node, run, clock } = shop
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
  )
  const waiting = expect(node.invoices.waitUntilSettled(invoice.id)).rejects.toMatchObject({
    code: 'invoice.expired',
    details: { invoice: invoice.id },
  })
  await clock.advance(invoice.expiresAt - clock.now() - 1)
  expect((await run(node.invoices.get(invoice.id))).state).toBe('open')
  await clock.advance(1500)
  const expired = await run(node.invoices.get(invoice.id))
  expect(expired).toMatchObject({ state: 'expired', paid: null })
  expect(expired.endedAt).toBeGreaterThanOrEqual(invoice.expiresAt)
  await waiting
  await clock.advance(10 * minute)
  const told = (await run(node.events.after('0'))).filter(({ type }) => type === 'invoice.expired')
  expect(told.map(({ data }) => data)).toEqual([{ invoice: expired }])
})

test('LND decides, by its own clock: when it has canceled the invoice, it has expired and cannot be paid', async () => {
  for (const skew of [-20 * minute, -minute, -1000, 1000, minute, 20 * minute]) {
    const shop = await openForSale()
    const { node, run, clock, lnd, payer } = shop
    const invoice = await run(
      node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
    )
    lnd.setClockSkew(skew)
    await clock.advance(10 * minute + 2000)
    if (skew <= -minute) {
      expect((await run(node.invoices.get(invoice.id))).state, `${skew}`).toBe('open')
      await clock.advance(-skew)
    }
    await clock.advance(5000)
    expect((await run(node.invoices.get(invoice.id))).state, `${skew}`).toBe('expired')
    expect(lnd.findInvoice(invoice.paymentHash)?.state, `${skew}`).toBe('canceled')
    // A payer who believes that there is time left.
    payer.setClockSkew(-30 * minute)
    expect((await run(payer.pay(invoice.paymentRequest))).state, `${skew}`).toBe('failed')
    await run(node.stop())
  }
})

test('a payment around the expiry is credited exactly when LND has taken it', async () => {
  const outcomes = new Set<string>()
  for (let before = -20; before <= 120; before += 10) {
    const shop = await openForSale()
    const { node, run, clock, payer } = shop
    const invoice = await run(
      node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
    )
    // The payer believes that there is time left.
    payer.setClockSkew(-20 * minute)
    await clock.advance(invoice.expiresAt - clock.now() - before)
    const payment = await run(payer.pay(invoice.paymentRequest))
    await clock.advance(5000)
    const { state, paid } = await run(node.invoices.get(invoice.id))
    outcomes.add(payment.state)
    expect([state, paid?.msat ?? 0n], `${before} ms before`).toEqual(
      payment.state === 'succeeded' ? ['settled', 5000n] : ['expired', 0n],
    )
    expect((await run(node.partners.get('m1'))).available.msat).toBe(paid?.msat ?? 0n)
    await run(node.stop())
  }
  expect(outcomes).toEqual(new Set(['succeeded', 'failed']))
})

test('what LND has settled is credited in time, although its stream has not shown it yet', async () => {
  const shop = await openForSale()
  const { node, run, clock, lnd } = shop
  // Between two sweeps, so that only the expiry can find it.
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '5m' }),
  )
  lnd.faults.add(({ call, moment, reply }) =>
    call === 'watchSettlements' && moment === 'before-reply' && (reply as unknown[])?.length
      ? { delayMilliseconds: 86_400_000 }
      : undefined,
  )
  expect((await run(shop.payer.pay(invoice.paymentRequest))).state).toBe('succeeded')
  await clock.advance(invoice.expiresAt - clock.now() + 2000)
  expect(await run(node.invoices.get(invoice.id))).toMatchObject({
    state: 'settled',
    isLate: false,
  })
  const types = (await run(node.events.after('0'))).map(({ type }) => type)
  expect(types).not.toContain('invoice.expired')
})

test('many invoices that are due at once all end, also after LND was away', async () => {
  const shop = await openForSale()
  const { node, run, clock, lnd } = shop
  const made = await run(
    Promise.all(
      Array.from({ length: 250 }, () =>
        node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
      ),
    ),
  )
  lnd.stop()
  await clock.advance(15 * minute)
  expect((await run(node.invoices.list({ state: 'open', limit: 1000 }))).items).toHaveLength(250)
  lnd.start()
  await clock.advance(15_000)
  expect((await run(node.invoices.list({ state: 'expired', limit: 1000 }))).items).toHaveLength(
    made.length,
  )
})

test('invoices that expire while nobody is up expire at the next start', async () => {
  const shop = await openForSale()
  const { run, clock } = shop
  const invoice = await run(
    shop.node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
  )
  await run(shop.node.stop())
  await clock.advance(30 * 86_400_000)
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(2000)
  expect((await run(node.invoices.get(invoice.id))).state).toBe('expired')
})

test('a wall clock that jumps ends no invoice: LND still takes the payment, and it is credited', async () => {
  const shop = await openForSale()
  const { node, run, clock, payer, lnd } = shop
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
  )
  clock.jumpWallClock(60 * minute)
  lnd.setClockSkew(-60 * minute)
  payer.setClockSkew(-60 * minute)
  await clock.advance(5000)
  expect((await run(node.invoices.get(invoice.id))).state).toBe('open')
  expect(lnd.findInvoice(invoice.paymentHash)?.state).toBe('open')
  expect((await run(payer.pay(invoice.paymentRequest))).state).toBe('succeeded')
  expect((await run(node.invoices.waitUntilSettled(invoice.id))).isLate).toBe(false)
  // Now the other way: we are an hour behind, LND is right all the time.
  clock.jumpWallClock(-120 * minute)
  lnd.setClockSkew(60 * minute)
  const next = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  await clock.advance(5000)
  expect((await run(node.invoices.get(next.id))).state).toBe('open')
})
