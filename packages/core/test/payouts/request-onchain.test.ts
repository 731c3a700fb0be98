import { type FeeSource, type PaymentNodeOptions, type PayoutInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

/** BIP173's own example, of the network of tests. */
const address = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080'

interface Stand {
  readonly shop: Shop
  /** sat/vB that the fee source says. */
  readonly chain: { asks: number }
  readonly input: PayoutInput
}

async function openStand(options: Partial<PaymentNodeOptions> = {}): Promise<Stand> {
  const chain = { asks: 20 }
  const source: FeeSource = {
    contractVersion: 1,
    name: 'told',
    feerate: async () => ({ at: 0, satPerVbyte: chain.asks }),
  }
  const shop = openShop({
    options: { fees: { source, hardCeiling: 100, ceiling: 10 }, ...options },
  })
  await shop.run(shop.node.start())
  await shop.sell(500_000)
  return { shop, chain, input: { partner: 'm1', destination: address, amount: '100000 sat' } }
}

const types = async ({ run, node }: Shop): Promise<string[]> =>
  (await run(node.events.after('0')))
    .map(({ type }) => type)
    .filter((type) => type.startsWith('payout.'))

test('an on-chain payout is queued, with amount and worst fee reserved, and says what it waits for', async () => {
  const { shop, input } = await openStand()
  const payout = await shop.request({ ...input, ceiling: 8.5, deadline: '2d' })
  expect(payout).toMatchObject({
    state: 'queued',
    reason: 'feerate-above-ceiling',
    destination: address,
    destinationKind: 'onchain-address',
    amount: sat(100_000),
    paymentHash: '',
    attempt: null,
    transaction: null,
    queue: {
      reason: 'feerate-above-ceiling',
      isQuick: false,
      isReleased: false,
      ceiling: 8.5,
      deadline: payout.createdAt + 2 * 86_400_000,
      worstFee: payout.feeLimit,
    },
  })
  // Three inputs, this output and change, at 100 sat/vB.
  const worst = Number(payout.feeLimit.msat) / 1000
  expect(worst).toBeGreaterThan(20_000)
  expect(worst).toBeLessThan(40_000)
  await expectBooks(shop, { available: 400_000 - worst, reserved: 100_000 + worst })
  expect(await types(shop)).toEqual(['payout.queued'])
  const { jobs, attempts } = await shop.rowsOf(['jobs', 'attempts'])
  expect(jobs!.filter(({ subject }) => subject === payout.id)).toEqual([])
  expect(attempts).toEqual([])
  const listed = await shop.run(shop.node.payouts.list({ state: 'queued' }))
  expect(listed.items).toMatchObject([{ id: payout.id, queue: { ceiling: 8.5 } }])
})

test('while the feerate is acceptable it collects others; a quick one does not wait', async () => {
  const { shop, chain, input } = await openStand()
  chain.asks = 5
  await shop.clock.advance(60_000)
  expect(await shop.request(input)).toMatchObject({ state: 'queued', reason: 'collecting' })
  expect(await shop.request({ ...input, quick: true })).toMatchObject({
    state: 'queued',
    reason: 'quick',
    queue: { isQuick: true },
  })
})

test('quick above the hard ceiling is refused at the call, with price and ceiling; below it is not', async () => {
  const { shop, chain, input } = await openStand()
  chain.asks = 101
  await shop.clock.advance(60_000)
  const before = await shop.everything()
  await expect(shop.request({ ...input, quick: true })).rejects.toMatchObject({
    code: 'payout.above-ceiling',
    details: { feerate: 101, ceiling: 100, fee: expect.anything() },
    message: expect.stringContaining('100'),
  })
  expect((await shop.changes(before)).filter((name) => name !== 'channels')).toEqual([])
  // Without quick it waits.
  expect(await shop.request(input)).toMatchObject({ reason: 'feerate-above-hard-ceiling' })
  chain.asks = 100
  await shop.clock.advance(60_000)
  expect(await shop.request({ ...input, quick: true })).toMatchObject({ reason: 'quick' })
})

test('too small, no whole satoshi, no amount, and more than there is', async () => {
  const { shop, input } = await openStand()
  await expect(shop.request({ ...input, amount: '9999 sat' })).rejects.toMatchObject({
    code: 'payout.below-minimum',
    details: { minimum: sat(10_000), requested: sat(9999) },
  })
  await expect(shop.request({ ...input, amount: '10000001 msat' })).rejects.toMatchObject({
    code: 'input.invalid',
    details: { field: 'amount', reason: 'not-whole-satoshi' },
  })
  await expect(shop.request({ partner: 'm1', destination: address })).rejects.toMatchObject({
    details: { field: 'amount', reason: 'missing' },
  })
  await expect(shop.request({ ...input, amount: '500000 sat' })).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(500_000) },
  })
})

test('everything on chain: whole satoshi, minus the worst fee or all of it where the operator pays', async () => {
  const { shop, input } = await openStand()
  const payout = await shop.request({ ...input, amount: 'all' })
  expect(payout.amount.msat + payout.feeLimit.msat).toBe(500_000_000n)
  await expectBooks(shop, { available: 0, reserved: 500_000 })
  await shop.run(shop.node.payouts.cancel(payout.id))
  await expectBooks(shop, { available: 500_000, reserved: 0 })
  await shop.run(shop.node.partners.upsert({ id: 'm1', payout: { feesPaidBy: 'operator' } }))
  const whole = await shop.request({ ...input, amount: 'all' })
  expect(whole.amount).toEqual(sat(500_000))
  await expectBooks(shop, { available: 0, reserved: 500_000 })
})

test('a payment URI: its amount counts, and its invoice is paid rather than its address', async () => {
  const { shop, input } = await openStand()
  const uri = `bitcoin:${address}?amount=0.0005`
  const { amount: _, ...rest } = input
  expect(await shop.request({ ...rest, destination: uri })).toMatchObject({
    state: 'queued',
    destination: address,
    amount: sat(50_000),
  })
  await expect(shop.request({ ...input, destination: uri })).rejects.toMatchObject({
    details: { field: 'amount', reason: 'amount-differs' },
  })
  const { paymentRequest } = shop.bill(50_000)
  const both = await shop.request({ ...rest, destination: `${uri}&lightning=${paymentRequest}` })
  expect(both).toMatchObject({ state: 'reserved', destinationKind: 'bolt11' })
  expect((await shop.ended(both.id)).state).toBe('succeeded')
})

test('the same key gives the same queued payout; another deadline is another request', async () => {
  const { shop, input } = await openStand()
  const first = await shop.request({ ...input, deadline: '2d' }, 'once')
  expect((await shop.request({ ...input, deadline: '48h' }, 'once')).id).toBe(first.id)
  await expect(shop.request({ ...input, deadline: '3d' }, 'once')).rejects.toMatchObject({
    code: 'idempotency.conflict',
    details: { field: 'deadline' },
  })
  await expect(
    shop.request({ ...input, deadline: '2d', quick: true }, 'once'),
  ).rejects.toMatchObject({ details: { field: 'quick' } })
})

test('caps count the worst case of what is queued; what is canceled gives it back', async () => {
  const { shop, input } = await openStand()
  await shop.run(shop.node.partners.upsert({ id: 'm1', caps: { perDay: '150000 sat' } }))
  const first = await shop.request(input)
  await expect(shop.request(input)).rejects.toMatchObject({
    code: 'payout.above-cap',
    details: { cap: 'partner-per-day', limit: sat(150_000) },
  })
  await shop.run(shop.node.payouts.cancel(first.id))
  expect((await shop.request(input)).state).toBe('queued')
})

test('a refund on chain counts against the invoice, and is given back when it is canceled', async () => {
  const { shop } = await openStand()
  const invoice = await shop.sell(60_000)
  const refund = (key: string) =>
    shop.run(
      shop.node.payouts.refund(
        { invoice: invoice.id, destination: address },
        { idempotencyKey: key },
      ),
    )
  const first = await refund('one')
  expect(first).toMatchObject({ state: 'queued', purpose: 'refund', amount: sat(60_000) })
  await expect(refund('two')).rejects.toMatchObject({ code: 'refund.above-received' })
  await shop.run(shop.node.payouts.cancel(first.id))
  expect((await refund('three')).amount).toEqual(sat(60_000))
})

test('an estimate says price, ceiling and when, for every kind of destination, and stores nothing', async () => {
  const { shop, chain, input } = await openStand()
  const estimate = (more: Partial<PayoutInput>) =>
    shop.run(shop.node.payouts.estimate({ ...input, ...more }))
  const before = await shop.everything()
  const queued = await estimate({})
  expect(queued).toMatchObject({
    destinationKind: 'onchain-address',
    amount: sat(100_000),
    feesPaidBy: 'partner',
    feerate: 20,
    ceiling: 10,
    when: 'queued',
  })
  expect(queued.fee!.msat).toBeGreaterThan(0n)
  expect(queued.fee!.msat).toBeLessThan(queued.worstFee.msat)
  expect(await estimate({ quick: true })).toMatchObject({ ceiling: 100, when: 'now' })
  chain.asks = 5
  await shop.clock.advance(60_000)
  expect(await estimate({})).toMatchObject({ feerate: 5, when: 'now' })
  const { paymentRequest } = shop.bill(50_000)
  expect(await estimate({ destination: paymentRequest, amount: '50000 sat' })).toEqual({
    destinationKind: 'bolt11',
    amount: sat(50_000),
    fee: null,
    worstFee: sat(250),
    feesPaidBy: 'partner',
    feerate: null,
    ceiling: null,
    when: 'now',
    says: null,
  })
  expect(await estimate({ destination: 'bob@shop.example' })).toMatchObject({
    destinationKind: 'lightning-address',
    worstFee: sat(500),
  })
  expect(
    (await shop.changes(before)).filter(
      (name) =>
        !/^(channels|fee_obs|cursors|forwards|job|node|spend|keep|account_check|uncounted)/.test(
          name,
        ),
    ),
  ).toEqual([])
})

test('what is too much on chain says what is reserved and what lowers it, which no feeLimit does', async () => {
  const { shop, input } = await openStand()
  const wrong: string[] = []
  const most = sat(500_000)
  for (const amount of ['499000 sat', '600000 sat']) {
    const refused = await shop.request({ ...input, amount }).catch((error) => error)
    if (!/fees\.hardCeiling/.test(refused.advice) || /feeLimit/.test(refused.advice))
      wrong.push(`${amount}: ${refused.advice}`)
    expect(refused).toMatchObject({
      code: 'payout.insufficient-balance',
      details: { available: most },
      message: expect.stringContaining('with its worst fee'),
    })
  }
  await shop.ended((await shop.request({ ...bill(shop, 490_000) }, 'out')).id)
  const all = await shop.request({ ...input, amount: 'all' }, 'all').catch((error) => error)
  if (!/fees\.hardCeiling/.test(all.advice)) wrong.push(`all: ${all.advice}`)
  const offchain = await shop.request(bill(shop, 10_001), 'off').catch((error) => error)
  if (!/lower feeLimit/.test(offchain.advice)) wrong.push(`off chain: ${offchain.advice}`)
  expect(wrong).toEqual([])
})

function bill(shop: Shop, amountSat: number): PayoutInput {
  const destination = shop.bill(amountSat).paymentRequest
  return { partner: 'm1', destination, feeLimit: '0 sat' }
}
