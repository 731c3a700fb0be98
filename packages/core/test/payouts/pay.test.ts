import { msat, PaymentNodeError, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openRich(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const told = async ({ run, node }: Shop): Promise<string[]> =>
  (await run(node.events.after('0')))
    .filter(({ type }) => type.startsWith('payout.'))
    .map(({ type }) => type)

test('a payout is reserved with its worst case, paid, and costs what it cost', async () => {
  const shop = await openRich()
  const { node, run, network } = shop
  // Two hops, so that routing costs something.
  const far = network.addNode('far')
  network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  const bill = far.createInvoice({ amountMsat: 40_000_000n })
  const payout = await shop.request({ destination: bill.paymentRequest }, 'p1')
  expect(payout).toMatchObject({
    partner: 'm1',
    state: 'reserved',
    reason: null,
    destination: bill.paymentRequest,
    destinationKind: 'bolt11',
    amount: sat(40_000),
    feeLimit: sat(200),
    fee: null,
    paymentHash: bill.paymentHash,
    preimage: null,
    attempt: { number: 1, state: 'recorded', isSeen: false },
    idempotencyKey: 'p1',
  })
  await expectBooks(shop, { available: 59_800, reserved: 40_200 })
  const done = await shop.ended(payout.id)
  // 1 sat and 1 ppm of 40 000 sat.
  expect(done).toMatchObject({
    state: 'succeeded',
    fee: msat(1040),
    preimage: bill.preimage,
    attempt: { state: 'succeeded', isSeen: true },
  })
  await expectBooks(shop, { available: 59_998.96, reserved: 0 })
  expect(await told(shop)).toEqual(['payout.sending', 'payout.succeeded'])
  expect(await run(node.payouts.get(payout.id))).toEqual(done)
  // The proof of payment does not travel with the evidence.
  const evidence = await run(node.payouts.evidence(payout.id))
  expect(evidence).toMatchObject([{ number: 1, state: 'succeeded' }])
  expect(JSON.stringify(evidence)).not.toContain(bill.preimage)
})

test('the fee limit: by default half a percent, at least 10 sat; or what is asked, zero included', async () => {
  const shop = await openRich()
  const limitOf = async (amount: number, more: object = {}): Promise<string> =>
    (
      await shop.request({ destination: shop.bill(amount).paymentRequest, ...more })
    ).feeLimit.toString()
  expect(await limitOf(10_000)).toBe('50 sat')
  expect(await limitOf(2000)).toBe('10 sat')
  expect(await limitOf(1)).toBe('10 sat')
  expect(await limitOf(2001)).toBe('10005 msat')
  expect(await limitOf(1000, { feeLimit: '7 sat' })).toBe('7 sat')
  expect(await limitOf(1000, { feeLimit: '1 msat' })).toBe('1 msat')
  for (const feeLimit of ['0 sat', '0 msat', sat(0), msat(0)])
    expect(await limitOf(1000, { feeLimit }), String(feeLimit)).toBe('0 sat')

  const dear = await openRich({
    options: { payouts: { feeLimit: { ppm: 20_000, minimum: '3 sat' } } },
  })
  const limits = [100, 1000].map(async (amount) => {
    const payout = await dear.request({ destination: dear.bill(amount).paymentRequest })
    return payout.feeLimit.toString()
  })
  expect(await Promise.all(limits)).toEqual(['3 sat', '20 sat'])
})

test('a free route is paid with a limit of zero, and nothing is left over', async () => {
  const shop = await openRich()
  const payout = await shop.request({
    destination: shop.bill(100_000).paymentRequest,
    feeLimit: '0 sat',
  })
  expect((await shop.ended(payout.id)).fee).toEqual(sat(0))
  await expectBooks(shop, { available: 0, reserved: 0 })
})

test('O7: a route that costs more than the limit is not taken', async () => {
  const shop = await openRich()
  const far = shop.network.addNode('far')
  shop.network.establishChannel({ from: shop.payee, to: far, capacitySat: 5_000_000n })
  const { paymentRequest } = far.createInvoice({ amountMsat: 40_000_000n })
  const payout = await shop.request({ destination: paymentRequest, feeLimit: '1039 msat' })
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'failed', reason: 'no-route' })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('an invoice without an amount is paid with ours', async () => {
  const shop = await openRich()
  const bill = shop.bill(null)
  const payout = await shop.request({ destination: bill.paymentRequest, amount: '1234567 msat' })
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'succeeded', amount: msat(1_234_567) })
  expect(shop.payee.findInvoice(bill.paymentHash)?.paidMsat).toBe(1_234_567n)
})

test('invoices are understood with prefix and in capitals', async () => {
  const shop = await openRich()
  const one = shop.bill(10).paymentRequest
  const payout = await shop.request({ destination: `LIGHTNING:${one.toUpperCase()}` })
  expect(payout.destination).toBe(one)
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
})

test('a failure that is certain releases everything, with LND s reason', async () => {
  const cases: readonly [string, (shop: Shop) => string][] = [
    [
      'incorrect-details',
      ({ payee }) => {
        const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
        payee.cancelHold(hold.paymentHash)
        return hold.paymentRequest
      },
    ],
    [
      'no-route',
      ({ network }) =>
        network.addNode('island').createInvoice({ amountMsat: 20_000_000n }).paymentRequest,
    ],
    [
      'insufficient-balance',
      (shop) => {
        const { paymentRequest } = shop.bill(20_000)
        shop.payee.stop()
        shop.payer.stop()
        return paymentRequest
      },
    ],
  ]
  for (const [reason, destination] of cases) {
    const shop = await openRich()
    const payout = await shop.request({ destination: destination(shop) })
    const failed = await shop.ended(payout.id)
    expect(failed, reason).toMatchObject({
      state: 'failed',
      reason,
      fee: null,
      preimage: null,
      attempt: { state: 'failed' },
    })
    expect(await shop.run(shop.node.payouts.evidence(payout.id)), reason).toMatchObject([
      { number: 1, state: 'failed', evidence: { kind: 'failed', failure: reason } },
    ])
    await expectBooks(shop, { available: 100_000, reserved: 0 })
    expect(await told(shop)).toEqual(['payout.sending', 'payout.failed'])
    await shop.run(shop.node.stop())
  }
})

test('a refusal of LND, for which nothing was stored there, releases everything', async () => {
  for (const reason of ['expired', 'other'] as const) {
    const shop = await openRich()
    // A minute is left at the request; LND, whose clock may be ahead, refuses to start.
    const bill = shop.bill(20_000, { expirySeconds: 120 })
    if (reason === 'expired') shop.lnd.setClockSkew(600_000)
    else {
      const error = new PaymentNodeError('node.refused', 'No.', { call: 'pay', reason })
      shop.lnd.faults.once('pay', 'before-effect', { error })
    }
    const payout = await shop.request({ destination: bill.paymentRequest })
    expect(await shop.ended(payout.id)).toMatchObject({
      state: 'failed',
      reason: reason === 'expired' ? 'expired-before-sending' : 'refused',
    })
    await expectBooks(shop, { available: 100_000, reserved: 0 })
  }
})

test('many payouts at once: all are paid, not more than allowed are handed over at a time', async () => {
  const shop = await openRich({ options: { payouts: { maximumConcurrent: 5 } } })
  const waiting = new Set<string>()
  let most = 0
  shop.lnd.faults.add(({ call, moment, parameters, reply }) => {
    if (call !== 'pay') return undefined
    const [{ paymentRequest }] = parameters as [{ paymentRequest: string }]
    if (moment === 'before-effect') waiting.add(paymentRequest)
    else if (reply) waiting.delete(paymentRequest)
    most = Math.max(most, waiting.size)
    return undefined
  })
  const requests = Array.from({ length: 40 }, (_, at) =>
    shop.node.payouts.request(
      { partner: 'm1', destination: shop.bill(100 + at).paymentRequest },
      { idempotencyKey: `many-${at}` },
    ),
  )
  const payouts = await shop.run(Promise.all(requests))
  for (const { id } of payouts) expect((await shop.ended(id)).state).toBe('succeeded')
  expect(most).toBe(5)
  const total = payouts.reduce((sum, { amount }) => sum + Number(amount.msat) / 1000, 0)
  await expectBooks(shop, { available: 100_000 - total, reserved: 0 })
})

test('lists of payouts by partner and state, page by page', async () => {
  const shop = await openRich()
  const { node, run } = shop
  const ids: string[] = []
  for (let at = 0; at < 5; at++) {
    const payout = await shop.request({ destination: shop.bill(10 + at).paymentRequest })
    ids.push((await shop.ended(payout.id)).id)
    await shop.clock.advance(1000)
  }
  const hold = shop.payee.createHoldInvoice({ amountMsat: 1_000_000n })
  const held = await shop.request({ destination: hold.paymentRequest })
  await shop.clock.advance(1000)
  const first = await run(node.payouts.list({ state: 'succeeded', limit: 3 }))
  expect(first.items.map(({ id }) => id)).toEqual(ids.slice(2).reverse())
  const second = await run(
    node.payouts.list({ state: 'succeeded', limit: 3, cursor: first.cursor! }),
  )
  expect(second.items.map(({ id }) => id)).toEqual(ids.slice(0, 2).reverse())
  expect(second.cursor).toBeUndefined()
  const sending = await run(node.payouts.list({ partner: 'm1', state: 'sending' }))
  expect(sending.items.map(({ id }) => id)).toEqual([held.id])
  expect((await run(node.payouts.list({ partner: 'm1' }))).items).toHaveLength(6)
  expect((await run(node.payouts.list({ partner: 'other' }))).items).toEqual([])
})
