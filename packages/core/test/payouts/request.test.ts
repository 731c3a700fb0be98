import { PaymentNodeError, type PayoutInput, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openRich(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

test('the same key and parameters give the same payout for ever', async () => {
  const shop = await openRich()
  const { node, run, clock, lnd } = shop
  const { paymentRequest, paymentHash } = shop.bill(20_000)
  const again = (from = node) => shop.request({ destination: paymentRequest }, 'once', from)
  const first = await again()
  const done = await shop.ended(first.id)
  expect(await again()).toEqual(done)
  // Written differently, meant the same.
  expect(
    await shop.request({ destination: `lightning:${paymentRequest.toUpperCase()}` }, 'once'),
  ).toEqual(done)

  await run(node.safety.halt('a drill'))
  expect(await again()).toEqual(done)
  lnd.stop()
  await clock.advance(6000)
  expect(await again()).toEqual(done)
  lnd.start()
  await clock.advance(3000)
  await run(node.stop())
  await clock.advance(5 * 365 * 86_400_000)
  const second = shop.open().node
  await run(second.start())
  expect(await again(second)).toEqual(done)
  expect(shop.payee.findInvoice(paymentHash)?.paidMsat).toBe(20_000_000n)
  await expectBooks(shop, { available: 80_000, reserved: 0 }, second)
})

test('the key of a failed payout stays with it', async () => {
  const shop = await openRich()
  const { paymentRequest } = shop.bill(20_000)
  shop.payee.stop()
  shop.payer.stop()
  const first = await shop.request({ destination: paymentRequest }, 'once')
  const failed = await shop.ended(first.id)
  expect(failed.state).toBe('failed')
  shop.payee.start()
  await shop.clock.advance(5000)
  expect(await shop.request({ destination: paymentRequest }, 'once')).toEqual(failed)
})

test('the same key with other parameters is refused and names the field', async () => {
  const shop = await openRich()
  const { node, run } = shop
  await run(node.partners.upsert({ id: 'm2' }))
  const open = shop.bill(null).paymentRequest
  const input: PayoutInput = { partner: 'm1', destination: open, amount: '10 sat' }
  const { id } = await shop.request(input, 'once')
  await shop.ended(id)
  await shop.clock.advance(2000)
  const before = await shop.everything()
  for (const [field, other] of [
    ['destination', { destination: shop.bill(10).paymentRequest }],
    ['amount', { amount: '11 sat' }],
    ['amount', { amount: '10 msat' }],
    ['feeLimit', { feeLimit: '10 sat' }],
    ['feeLimit', { feeLimit: '0 sat' }],
  ] as const)
    await expect(
      shop.request({ ...input, ...other }, 'once'),
      `${field} ${JSON.stringify(other)}`,
    ).rejects.toMatchObject({
      code: 'idempotency.conflict',
      details: { idempotencyKey: 'once', field },
      message: expect.stringContaining(field),
    })
  expect(await shop.changes(before)).toEqual([])
  // Another partner's key is another key; it has nothing to pay with.
  await expect(shop.request({ ...input, partner: 'm2' }, 'once')).rejects.toMatchObject({
    code: 'payout.hash-used',
  })
})

test('one key at once and soon after, from two processes: one payout, one payment, nobody is refused', async () => {
  const shop = await openRich({ isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const { paymentRequest } = shop.bill(90_000)
  const calls = Array.from({ length: 24 }, async (_, at) => {
    // Also while the first one is being sent, and after it was paid.
    await shop.clock.sleep(at * 3)
    return (at % 2 === 0 ? shop.node : other).payouts.request(
      { partner: 'm1', destination: paymentRequest },
      { idempotencyKey: 'once' },
    )
  })
  const payouts = await shop.run(Promise.all(calls))
  expect(new Set(payouts.map(({ id }) => id)).size).toBe(1)
  await shop.ended(payouts[0]!.id)
  await expectBooks(shop, { available: 10_000, reserved: 0 })
})

test('O5: 64 requests for the whole balance at once: exactly one is accepted', async () => {
  const shop = await openRich({ isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  const results = await shop.run(
    Promise.allSettled(
      Array.from({ length: 64 }, (_, at) =>
        (at % 2 === 0 ? shop.node : other).payouts.request(
          { partner: 'm1', destination: shop.bill(99_500).paymentRequest, feeLimit: '500 sat' },
          { idempotencyKey: `race-${at}` },
        ),
      ),
    ),
  )
  const accepted = results.filter((result) => result.status === 'fulfilled')
  expect(accepted).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({
        code: 'payout.insufficient-balance',
        details: { available: sat(0), needed: sat(100_000) },
      })
  await expectBooks(shop, { available: 0, reserved: 100_000 })
  await shop.ended(accepted[0]!.value.id)
  await expectBooks(shop, { available: 500, reserved: 0 })
})

test('64 requests for a tenth each at once: exactly ten are accepted', async () => {
  const shop = await openRich({ isExclusive: false })
  const results = await shop.run(
    Promise.allSettled(
      Array.from({ length: 64 }, (_, at) =>
        shop.node.payouts.request(
          { partner: 'm1', destination: shop.bill(10_000).paymentRequest, feeLimit: '0 sat' },
          { idempotencyKey: `race-${at}` },
        ),
      ),
    ),
  )
  const accepted = results.filter((result) => result.status === 'fulfilled')
  expect(accepted).toHaveLength(10)
  for (const { value } of accepted) expect((await shop.ended(value.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 0, reserved: 0 })
})

test('a partner pays its own balance only', async () => {
  const shop = await openRich()
  await shop.run(shop.node.partners.upsert({ id: 'poor' }))
  await expect(
    shop.request({ partner: 'poor', destination: shop.bill(1).paymentRequest }),
  ).rejects.toMatchObject({
    code: 'payout.insufficient-balance',
    details: { available: sat(0), needed: sat(11) },
  })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('the balance must cover amount and fee limit to the millisatoshi', async () => {
  const shop = await openRich()
  const { paymentRequest } = shop.bill(99_000)
  await expect(
    shop.request({ destination: paymentRequest, feeLimit: '1000001 msat' }),
  ).rejects.toMatchObject({ code: 'payout.insufficient-balance' })
  const payout = await shop.request({ destination: paymentRequest, feeLimit: '1000000 msat' })
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
})

test('a reservation that may be stored is told as unknown, also when the storage is away afterwards', async () => {
  for (const isStored of [true, false]) {
    const shop = openShop()
    let isAway = false
    const fail = (outcome: 'none' | 'unknown'): never => {
      isAway = true
      throw new PaymentNodeError('storage.unavailable', 'Injected.', { outcome })
    }
    const { node, storage } = shop.open(
      {},
      {
        beforeCommit({ writes }) {
          if (isAway) fail('none')
          if (!isStored && writes.some(({ table }) => table.name === 'payouts')) fail('unknown')
        },
        afterCommit({ writes }) {
          if (writes.some(({ table }) => table.name === 'payouts')) fail('unknown')
        },
      },
    )
    const find = storage.find.bind(storage)
    storage.find = async (...parameters) => (isAway ? fail('none') : find(...parameters))
    await shop.run(node.start())
    await shop.sell(100_000, node)
    const bill = shop.bill(20_000)
    const input = { destination: bill.paymentRequest, feeLimit: '0 sat' } as const
    await expect(shop.request(input, 'p', node)).rejects.toMatchObject({
      code: 'storage.unavailable',
      details: { outcome: 'unknown' },
      isRetryable: true,
    })
    // The host does what it is told: the same call again, here by its next process.
    shop.process.kill()
    await shop.run(node.stop())
    const next = shop.open().node
    await shop.run(next.start())
    const payout = await shop.request(input, 'p', next)
    expect((await shop.ended(payout.id, next)).state, `${isStored}`).toBe('succeeded')
    expect((await shop.run(next.payouts.list())).items).toHaveLength(1)
    await expectBooks(shop, { available: 80_000, reserved: 0 }, next)
  }
})
