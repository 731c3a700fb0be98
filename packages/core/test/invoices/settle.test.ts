import { type AnyEvent, type Invoice, PaymentNodeError, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

async function openForSale(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.run(shop.node.partners.upsert({ id: 'm1' }))
  return shop
}

const available = async ({ run }: Shop, node: Shop['node']): Promise<bigint> =>
  (await run(node.partners.get('m1'))).available.msat

const settlements = async ({ run }: Shop, node: Shop['node']): Promise<AnyEvent[]> =>
  (await run(node.events.after('0'))).filter(({ type }) => type === 'invoice.settled')

const notFound = (paymentHash: string): { error: PaymentNodeError } => ({
  error: new PaymentNodeError('node.invoice-not-found', 'LND has forgotten it.', { paymentHash }),
})

async function expectCredited(shop: Shop, invoice: Invoice, msat: bigint): Promise<void> {
  const { node, run } = shop
  expect((await run(node.invoices.get(invoice.id))).paid?.msat).toBe(msat)
  expect(await available(shop, node)).toBe(msat)
  expect(await settlements(shop, node)).toHaveLength(1)
  const { sum, world } = await run(node.ledger.balances())
  expect(sum.msat).toBe(0n)
  expect(world.payers.msat).toBe(-msat)
}

test('I4: exactly what was paid is credited: equal, more, and what the payer chose', async () => {
  for (const [asked, paid] of [
    ['50000 sat', 50_000_000n],
    ['50000 sat', 50_000_001n],
    ['50000 sat', 100_000_000n],
    ['1 sat', 999_999_000n],
    [undefined, 1_234_567n],
  ] as const) {
    const shop = await openForSale()
    const { node, run } = shop
    const invoice = await run(
      node.invoices.create({ partner: 'm1', ...(asked && { amount: asked }) }),
    )
    const waiting = node.invoices.waitUntilSettled(invoice.id)
    const payment = await run(shop.payer.pay(invoice.paymentRequest, { amountMsat: paid }))
    expect(payment.state).toBe('succeeded')
    const settled = await run(waiting)
    expect(settled).toMatchObject({ state: 'settled', isLate: false })
    expect(settled.amount).toEqual(invoice.amount)
    expect(settled.endedAt).not.toBeNull()
    await expectCredited(shop, invoice, paid)
    const [event] = await settlements(shop, node)
    expect(event!.data).toEqual({ invoice: settled })
    await run(node.stop())
  }
})

test('I4: less than asked is never accepted', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '50000 sat' }))
  const payment = await run(shop.payer.pay(invoice.paymentRequest, { amountMsat: 49_999_999n }))
  expect(payment.state).toBe('failed')
  await shop.clock.advance(5000)
  expect((await run(node.invoices.get(invoice.id))).state).toBe('open')
  expect(await available(shop, node)).toBe(0n)
})

test('I4: a payment in parts is credited as one', async () => {
  const shop = await openForSale()
  const { node, run, network } = shop
  for (let channel = 0; channel < 3; channel++)
    network.establishChannel({ from: shop.payer, to: shop.lnd, capacitySat: 9_000_000n })
  await shop.clock.advance(2000)
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '20000000 sat' }))
  const payment = await run(shop.payer.pay(invoice.paymentRequest))
  expect(payment.htlcs.filter(({ state }) => state === 'succeeded').length).toBeGreaterThan(1)
  await run(node.invoices.waitUntilSettled(invoice.id))
  await expectCredited(shop, invoice, 20_000_000_000n)
})

test('I5: one invoice is one payment: the second payer is refused', async () => {
  const shop = await openForSale()
  const { node, run } = shop
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  const rivals = await run(
    Promise.all([shop.payer.pay(invoice.paymentRequest), shop.payee.pay(invoice.paymentRequest)]),
  )
  expect(rivals.map(({ state }) => state).sort()).toEqual(['failed', 'succeeded'])
  await run(node.invoices.waitUntilSettled(invoice.id))
  await expectCredited(shop, invoice, 5000n)
})

test('I6: paid after it was taken for expired: late, credited and told', async () => {
  const shop = await openForSale()
  const { node, run, clock, lnd } = shop
  const invoice = await run(
    node.invoices.create({ partner: 'm1', amount: '5 sat', expiresIn: '10m' }),
  )
  // LND's clock is behind, and its answer that it has no such invoice is believed.
  lnd.setClockSkew(-1_200_000)
  shop.payer.setClockSkew(-1_200_000)
  lnd.faults.once('lookupInvoice', 'before-reply', notFound(invoice.paymentHash))
  await clock.advance(602_000)
  expect((await run(node.invoices.get(invoice.id))).state).toBe('expired')
  expect((await run(shop.payer.pay(invoice.paymentRequest))).state).toBe('succeeded')
  await clock.advance(1000)
  expect(await run(node.invoices.get(invoice.id))).toMatchObject({
    state: 'settled',
    isLate: true,
  })
  await expectCredited(shop, invoice, 5000n)
})

test('I6: with clocks 10 minutes apart, what LND takes is credited, and what it refuses is not', async () => {
  for (const skew of [-600_000, 600_000]) {
    const shop = await openForSale()
    const { node, run, clock, lnd, payer } = shop
    lnd.setClockSkew(skew)
    payer.setClockSkew(skew)
    const input = { partner: 'm1', amount: '5 sat', expiresIn: '15m' }
    const [early, late] = [
      await run(node.invoices.create(input)),
      await run(node.invoices.create(input)),
    ]
    await clock.advance(880_000)
    expect((await run(payer.pay(early.paymentRequest))).state).toBe('succeeded')
    await clock.advance(60_000)
    await expect(run(payer.pay(late.paymentRequest))).rejects.toMatchObject({
      code: 'node.refused',
    })
    await clock.advance(700_000)
    expect(await run(node.invoices.get(early.id))).toMatchObject({
      state: 'settled',
      isLate: false,
    })
    expect((await run(node.invoices.get(late.id))).state).toBe('expired')
    await expectCredited(shop, early, 5000n)
    await run(node.stop())
  }
})

test('I6: paid after it was taken for canceled: late, credited and told', async () => {
  const shop = await openForSale()
  const { node, run, clock, lnd } = shop
  const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5 sat' }))
  lnd.faults.once('cancelInvoice', 'before-effect', notFound(invoice.paymentHash))
  expect((await run(node.invoices.cancel(invoice.id))).state).toBe('canceled')
  expect((await run(shop.payer.pay(invoice.paymentRequest))).state).toBe('succeeded')
  await clock.advance(1000)
  expect(await run(node.invoices.get(invoice.id))).toMatchObject({
    state: 'settled',
    isLate: true,
  })
  await expectCredited(shop, invoice, 5000n)
  await expect(run(node.invoices.cancel(invoice.id))).rejects.toMatchObject({
    code: 'invoice.settled',
  })
})

test('I4: keysend is told at the start; keysend and AMP are never credited to a partner', async () => {
  const warnings: string[] = []
  const silent = (): void => undefined
  const logger = {
    debug: silent,
    info: silent,
    warn: (message: string) => void warnings.push(message),
    error: silent,
  }
  const shop = await openForSale({
    lnd: { acceptsKeysend: true, acceptsAmp: true },
    options: { logger },
  })
  const { node, run, lnd } = shop
  expect(warnings.filter((text) => text.includes('keysend'))).toHaveLength(1)
  const [ready] = await run(node.events.after('0'))
  expect(ready).toMatchObject({
    type: 'node.ready',
    data: {
      node: { warnings: [expect.stringContaining('keysend')] },
    },
  })
  await shop.sell(1000)
  const sent = await run(
    Promise.all([
      shop.payer.keysend(lnd.publicKey, 70_000_000n),
      shop.payer.payAmp(lnd.publicKey, 80_000_000n),
    ]),
  )
  expect(sent.map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
  await shop.clock.advance(5000)
  expect(await available(shop, node)).toBe(1_000_000n)
  expect(await settlements(shop, node)).toHaveLength(1)
  expect(warnings.filter((text) => text.includes('without an invoice'))).toHaveLength(2)
  // They do not stop the next one from being credited, in this process and the next.
  await shop.sell(2000)
  await run(node.stop())
  const second = shop.open()
  await run(second.node.start())
  await shop.clock.advance(5000)
  expect(await available(shop, second.node)).toBe(3_000_000n)
})

test('an invoice of another program is not ours, and does not stop ours', async () => {
  const shop = await openForSale()
  const { node, run, lnd } = shop
  const foreign = lnd.createInvoice({ amountMsat: 9_000_000n })
  await run(shop.payer.pay(foreign.paymentRequest))
  await shop.sell(1000)
  expect(await available(shop, node)).toBe(1_000_000n)
  expect(await settlements(shop, node)).toHaveLength(1)
})

test('I3: the channel is closed by force in the moment of the settlement: credited once, and proved when the chain has ruled', async () => {
  for (const by of ['us', 'the payer'] as const) {
    const shop = openShop()
    const { run, node, clock, lnd, payer, network } = shop
    await run(node.start())
    await run(node.partners.upsert({ id: 'm1' }))
    const channels = await run(shop.process.lightning.listChannels())
    const point = channels.find(({ peer }) => peer === payer.publicKey)!.channelPoint
    const invoice = await run(node.invoices.create({ partner: 'm1', amount: '5000 sat' }))
    let isClosed = false
    const close = (): void => {
      if (isClosed) return
      isClosed = true
      ;(by === 'us' ? lnd : payer).closeChannel(point, { kind: 'force' })
    }
    // As soon as our books say settled, before LND has said anything else.
    node.on('invoice.settled', close)
    // The payer learns it from the chain.
    const paid = payer.pay(invoice.paymentRequest)
    await run(node.invoices.waitUntilSettled(invoice.id))
    expect(isClosed, by).toBe(true)
    for (let block = 0; block < 100; block++) {
      network.mine(20)
      await clock.advance(20_000)
    }
    await run(paid)
    await clock.advance(10 * 60_000)
    const settled = (await run(node.events.after('0', { limit: 1000 }))).filter(
      ({ type }) => type === 'invoice.settled',
    )
    expect(settled, by).toHaveLength(1)
    const { partners, sum, world } = await run(node.ledger.balances())
    expect(partners, by).toMatchObject([{ partner: 'm1', available: sat(5000) }])
    expect([sum, world.unexplained], by).toEqual([sat(0), sat(0)])
    const proof = await run(node.ledger.prove())
    expect(proof.verdict, `${by}: ${proof.says}`).toBe('proved')
  }
})
