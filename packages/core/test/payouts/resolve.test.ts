import { PaymentNodeError, type Payout, type ResolveEvidence, sat } from '@payment-node/core'
import type { PeerInvoiceCreated } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

interface Stuck {
  readonly shop: Shop
  readonly payout: Payout
  readonly hold: PeerInvoiceCreated
}

/**
 * A payout of 20 000 sat with up to 100 sat fee that was handed over and that nobody follows: the
 * leader is gone, and this process only answers calls.
 */
async function openStuck({ isSent = true } = {}): Promise<Stuck> {
  const shop = openShop({ isExclusive: false, options: { role: 'api' } })
  const leader = shop.open({ role: 'all' })
  await shop.run(leader.node.start())
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
  if (!isSent)
    shop.lnd.faults.add(({ call, moment }) =>
      call === 'pay' && moment === 'before-effect' ? { outcome: 'unknown' } : undefined,
    )
  const payout = await shop.request({
    destination: hold.paymentRequest,
    feeLimit: '100 sat',
  })
  await shop.clock.advance(1500)
  leader.kill()
  shop.lnd.faults.clear()
  expect((await shop.run(shop.node.payouts.get(payout.id))).state).toBe('sending')
  return { shop, payout, hold }
}

const evidence: ResolveEvidence = { by: 'ann', note: 'the payee says so' }

const resolve = (
  { shop, payout }: Stuck,
  verdict: 'succeeded' | 'failed',
  more: Partial<ResolveEvidence> = {},
): Promise<Payout> =>
  shop.run(shop.node.payouts.resolve(payout.id, verdict, { ...evidence, ...more }))

const refused = (verdict: string, reason: string): object => ({
  code: 'payout.verdict-refused',
  details: { verdict, reason },
})

test('in flight: no verdict without insisting', async () => {
  const stuck = await openStuck()
  const before = await stuck.shop.everything()
  for (const verdict of ['succeeded', 'failed'] as const)
    await expect(resolve(stuck, verdict)).rejects.toMatchObject(
      refused(verdict, 'node-says-in-flight'),
    )
  expect(await stuck.shop.changes(before)).toEqual([])
})

test('in flight and insisted on: the verdict stands, the hash stays taken', async () => {
  const failed = await openStuck()
  expect(await resolve(failed, 'failed', { despiteInFlight: true })).toMatchObject({
    state: 'failed',
    reason: 'resolved-by-operator',
    attempt: {
      state: 'failed',
      evidence: { by: 'ann', note: 'the payee says so', nodeSays: 'in-flight' },
    },
  })
  await expectBooks(failed.shop, { available: 100_000, reserved: 0 })
  await expect(
    failed.shop.request({ destination: failed.hold.paymentRequest }),
  ).rejects.toMatchObject({ code: 'payout.hash-used' })
  failed.shop.payee.cancelHold(failed.hold.paymentHash)
  await failed.shop.clock.advance(1000)
  // Also when LND has seen it fail: an operator's verdict is no certainty.
  await expect(
    failed.shop.request({ destination: failed.hold.paymentRequest }),
  ).rejects.toMatchObject({
    code: 'payout.hash-used',
    details: { payout: failed.payout.id },
  })

  const succeeded = await openStuck()
  const { preimage } = succeeded.hold
  const done = await resolve(succeeded, 'succeeded', { despiteInFlight: true, preimage })
  // What is not known is taken at its worst: the whole fee limit.
  expect(done).toMatchObject({ state: 'succeeded', fee: sat(100), preimage })
  succeeded.shop.payee.settleHold(succeeded.hold.paymentHash)
  const { available, reserved } = await succeeded.shop.run(succeeded.shop.node.partners.get('m1'))
  expect([available, reserved]).toEqual([sat(79_900), sat(0)])
})

test('the fee may be said, up to the limit', async () => {
  for (const [fee, available] of [
    ['0 sat', 80_000],
    ['7 sat', 79_993],
    ['100 sat', 79_900],
  ] as const) {
    const stuck = await openStuck()
    const done = await resolve(stuck, 'succeeded', { despiteInFlight: true, fee })
    expect(done.fee?.toString()).toBe(fee)
    expect((await stuck.shop.run(stuck.shop.node.partners.get('m1'))).available).toEqual(
      sat(available),
    )
  }
})

test('LND says succeeded: its word and its figures count', async () => {
  const stuck = await openStuck()
  const { shop, hold } = stuck
  shop.payee.settleHold(hold.paymentHash)
  await shop.clock.advance(1000)
  await expect(resolve(stuck, 'failed', { despiteInFlight: true })).rejects.toMatchObject(
    refused('failed', 'node-says-succeeded'),
  )
  await expectBooksOf(shop, 79_900, 20_100)
  const done = await resolve(stuck, 'succeeded', { fee: '99 sat' })
  expect(done).toMatchObject({ state: 'succeeded', fee: sat(0), preimage: hold.preimage })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('LND says failed: its word counts, and the hash is free again', async () => {
  const stuck = await openStuck()
  const { shop, hold } = stuck
  shop.payee.cancelHold(hold.paymentHash)
  await shop.clock.advance(1000)
  await expect(resolve(stuck, 'succeeded', { despiteInFlight: true })).rejects.toMatchObject(
    refused('succeeded', 'node-says-failed'),
  )
  expect((await resolve(stuck, 'failed')).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 })
  expect((await shop.request({ destination: hold.paymentRequest })).state).toBe('reserved')
})

test('LND does not know it, or does not answer: the operator decides', async () => {
  for (const nodeSays of ['not-found', 'silent'] as const)
    for (const verdict of ['succeeded', 'failed'] as const) {
      const stuck = await openStuck({ isSent: nodeSays === 'silent' })
      const { shop } = stuck
      if (nodeSays === 'silent') shop.lnd.stop()
      const done = await resolve(stuck, verdict)
      expect(done, `${nodeSays} ${verdict}`).toMatchObject({
        state: verdict,
        attempt: { evidence: { by: 'ann', nodeSays } },
      })
      expect((await shop.run(shop.node.ledger.balances())).sum.msat).toBe(0n)
      await expectBooksOf(shop, verdict === 'failed' ? 100_000 : 79_900, 0)
      shop.lnd.start()
      await shop.clock.advance(5000)
      await expect(
        shop.request({ destination: stuck.hold.paymentRequest }),
        `${nodeSays} ${verdict}`,
      ).rejects.toMatchObject({ code: 'payout.hash-used' })
      const types = (await shop.run(shop.node.events.after('0'))).map(({ type }) => type)
      expect(types.filter((type) => type === `payout.${verdict}`)).toHaveLength(1)
    }
})

async function expectBooksOf(shop: Shop, available: number, reserved: number): Promise<void> {
  const partner = await shop.run(shop.node.partners.get('m1'))
  expect([partner.available, partner.reserved]).toEqual([sat(available), sat(reserved)])
}

test('what has ended, or was never handed over, is not resolved', async () => {
  const stuck = await openStuck()
  await resolve(stuck, 'failed', { despiteInFlight: true })
  for (const verdict of ['failed', 'succeeded'] as const)
    await expect(resolve(stuck, verdict)).rejects.toMatchObject({
      code: 'payout.not-unknown',
      details: { payout: stuck.payout.id, state: 'failed' },
    })
  // Nobody leads: it stays recorded.
  const recorded = await stuck.shop.request({ destination: stuck.shop.bill(10).paymentRequest })
  await expect(
    stuck.shop.run(stuck.shop.node.payouts.resolve(recorded.id, 'failed', evidence)),
  ).rejects.toMatchObject({ code: 'payout.not-unknown', details: { state: 'recorded' } })
})

test('two verdicts at once: one counts', async () => {
  const stuck = await openStuck()
  const { shop, payout } = stuck
  const insisting = { ...evidence, despiteInFlight: true }
  const results = await shop.run(
    Promise.allSettled([
      shop.node.payouts.resolve(payout.id, 'failed', insisting),
      shop.node.payouts.resolve(payout.id, 'succeeded', insisting),
      shop.node.payouts.resolve(payout.id, 'failed', insisting),
    ]),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const result of results)
    if (result.status === 'rejected')
      expect(PaymentNodeError.is(result.reason, 'payout.not-unknown')).toBe(true)
  const { sum, partners } = await shop.run(shop.node.ledger.balances())
  expect(sum.msat).toBe(0n)
  expect(partners[0]?.reserved).toEqual(sat(0))
})

test('a worker that follows the payout leaves the verdict alone', async () => {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await shop.clock.advance(1000)
  const insisting = { ...evidence, despiteInFlight: true }
  const failed = await shop.run(shop.node.payouts.resolve(payout.id, 'failed', insisting))
  shop.payee.settleHold(hold.paymentHash)
  await shop.clock.advance(120_000)
  expect(await shop.run(shop.node.payouts.get(payout.id))).toEqual(failed)
  await expectBooksOf(shop, 100_000, 0)
  expect((await shop.run(shop.node.ledger.balances())).sum.msat).toBe(0n)
})
