import { PaymentNodeError, type Payout, type ResolveEvidence, sat } from '@payment-node/core'
import type { FaultHook, PeerInvoiceCreated } from '@payment-node/testkit'
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
async function openStuck({ isSent = true, failsBefore = false } = {}): Promise<Stuck> {
  const shop = openShop({ isExclusive: false, options: { role: 'api' } })
  const leader = shop.open({ role: 'all' })
  await shop.run(leader.node.start())
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
  if (failsBefore) {
    shop.payee.stop()
    const first = await shop.request({ destination: hold.paymentRequest })
    expect((await shop.ended(first.id)).state).toBe('failed')
    shop.payee.start()
    await shop.clock.advance(5000)
  }
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

/** Of the only attempt. */
async function evidenceOf({ shop, payout }: Stuck): Promise<unknown> {
  const [attempt] = await shop.run(shop.node.payouts.evidence(payout.id))
  return attempt?.evidence
}

/** LND answers nothing about payments. */
const silentTracking: FaultHook = ({ call }) =>
  call === 'trackPayment' ? { outcome: 'none' } : undefined

const refused = (verdict: string, reason: string): object => ({
  code: 'payout.verdict-refused',
  details: { verdict, reason },
})

test('no verdict without insisting, unless LND has said its last word', async () => {
  for (const nodeSays of ['in-flight', 'not-found', 'silent'] as const) {
    const stuck = await openStuck({ isSent: nodeSays !== 'not-found' })
    if (nodeSays === 'silent') stuck.shop.lnd.faults.add(silentTracking)
    const before = await stuck.shop.everything()
    for (const verdict of ['succeeded', 'failed'] as const)
      for (const more of [{}, { insist: false }])
        await expect(resolve(stuck, verdict, more), `${nodeSays} ${verdict}`).rejects.toMatchObject(
          {
            ...refused(verdict, `node-says-${nodeSays}`),
            isRetryable: false,
          },
        )
    expect(await stuck.shop.changes(before), nodeSays).toEqual([])
    await expectBooksOf(stuck.shop, 79_900, 20_100)
  }
})

test('in flight and insisted on: the verdict stands, the hash stays taken', async () => {
  const failed = await openStuck()
  expect(await resolve(failed, 'failed', { insist: true })).toMatchObject({
    state: 'failed',
    reason: 'resolved-by-operator',
    attempt: { state: 'failed' },
  })
  expect(await evidenceOf(failed)).toEqual({
    by: 'ann',
    note: 'the payee says so',
    nodeSays: 'in-flight',
  })
  // Its partner sees the payout and its events: what the operator wrote is in neither.
  const seen = await failed.shop.run(
    Promise.all([
      failed.shop.node.payouts.get(failed.payout.id),
      failed.shop.node.payouts.list(),
      failed.shop.node.events.after('0'),
    ]),
  )
  expect(JSON.stringify(seen)).not.toContain('the payee says so')
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
  const done = await resolve(succeeded, 'succeeded', { insist: true, preimage })
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
    const done = await resolve(stuck, 'succeeded', { insist: true, fee })
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
  await expect(resolve(stuck, 'failed', { insist: true })).rejects.toMatchObject(
    refused('failed', 'node-says-succeeded'),
  )
  await expectBooksOf(shop, 79_900, 20_100)
  const done = await resolve(stuck, 'succeeded', { fee: '99 sat' })
  expect(done).toMatchObject({ state: 'succeeded', fee: sat(0), preimage: hold.preimage })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('LND says failed: its word counts; the hash stays taken all the same', async () => {
  const stuck = await openStuck()
  const { shop, hold } = stuck
  shop.payee.cancelHold(hold.paymentHash)
  await shop.clock.advance(1000)
  await expect(resolve(stuck, 'succeeded', { insist: true })).rejects.toMatchObject(
    refused('succeeded', 'node-says-failed'),
  )
  expect((await resolve(stuck, 'failed')).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 })
  // The leader that is gone may have sent a call that LND has not seen yet.
  await expect(shop.request({ destination: hold.paymentRequest })).rejects.toMatchObject({
    code: 'payout.hash-used',
    details: { payout: stuck.payout.id },
  })
})

test('LND does not know it, or does not answer: the operator decides, and must insist', async () => {
  for (const nodeSays of ['not-found', 'silent'] as const)
    for (const verdict of ['succeeded', 'failed'] as const) {
      const name = `${nodeSays} ${verdict}`
      const stuck = await openStuck({ isSent: nodeSays === 'silent' })
      const { shop } = stuck
      if (nodeSays === 'silent') shop.lnd.stop()
      await expect(resolve(stuck, verdict), name).rejects.toMatchObject(
        refused(verdict, `node-says-${nodeSays}`),
      )
      const done = await resolve(stuck, verdict, { insist: true })
      expect(done.state, name).toBe(verdict)
      expect(await evidenceOf(stuck), name).toMatchObject({ by: 'ann', nodeSays })
      expect((await shop.run(shop.node.ledger.balances())).sum.msat).toBe(0n)
      await expectBooksOf(shop, verdict === 'failed' ? 100_000 : 79_900, 0)
      shop.lnd.start()
      await shop.clock.advance(5000)
      await expect(
        shop.request({ destination: stuck.hold.paymentRequest }),
        name,
      ).rejects.toMatchObject({ code: 'payout.hash-used' })
      const types = (await shop.run(shop.node.events.after('0'))).map(({ type }) => type)
      expect(types.filter((type) => type === `payout.${verdict}`)).toHaveLength(1)
    }
})

test('the right preimage proves a success, whatever LND says; a wrong one proves nothing', async () => {
  for (const nodeSays of ['in-flight', 'not-found', 'silent'] as const) {
    const stuck = await openStuck({ isSent: nodeSays !== 'not-found' })
    const { shop, hold } = stuck
    if (nodeSays === 'silent') shop.lnd.faults.add(silentTracking)
    const before = await shop.everything()
    for (const insist of [false, true])
      await expect(
        resolve(stuck, 'succeeded', { preimage: '00'.repeat(32), insist }),
        nodeSays,
      ).rejects.toMatchObject({ code: 'input.invalid', details: { field: 'evidence.preimage' } })
    expect(await shop.changes(before), nodeSays).toEqual([])
    const done = await resolve(stuck, 'succeeded', { preimage: hold.preimage })
    expect(done, nodeSays).toMatchObject({
      state: 'succeeded',
      fee: sat(100),
      preimage: hold.preimage,
      attempt: { state: 'succeeded' },
    })
    expect(await evidenceOf(stuck), nodeSays).toMatchObject({ nodeSays })
    await expectBooksOf(shop, 79_900, 0)
  }
})

test('the failure of an earlier payout on the same invoice is no word about this one', async () => {
  const stuck = await openStuck({ isSent: false, failsBefore: true })
  const { shop, hold } = stuck
  expect(shop.lnd.findPayment(hold.paymentHash)?.state).toBe('failed')
  for (const verdict of ['succeeded', 'failed'] as const)
    await expect(resolve(stuck, verdict)).rejects.toMatchObject(
      refused(verdict, 'node-says-not-found'),
    )
  await expectBooksOf(shop, 79_900, 20_100)
  expect(await resolve(stuck, 'failed', { insist: true })).toMatchObject({
    state: 'failed',
  })
  expect(await evidenceOf(stuck)).toMatchObject({ nodeSays: 'not-found' })
  await expectBooksOf(shop, 100_000, 0)
})

test('handed to LND while the operator s verdict was on its way: refused, and paid once', async () => {
  for (const verdict of ['succeeded', 'failed'] as const) {
    const shop = openShop({ isExclusive: false, options: { role: 'api' } })
    const { node, run, clock, lnd, payee } = shop
    await run(shop.open({ role: 'all' }).node.start())
    await run(node.start())
    await shop.sell(100_000)
    const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
    lnd.faults.once('pay', 'before-effect', { outcome: 'unknown' })
    const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
    lnd.faults.add(silentTracking)
    await clock.advance(1500)
    expect((await run(node.payouts.get(payout.id))).attempt?.state).toBe('unknown')
    lnd.faults.clear()
    // LND has looked, and says so only after the worker has handed it over again.
    lnd.faults.once('trackPayment', 'after-effect', { delayMilliseconds: 5000 })
    const insisting = { ...evidence, insist: true }
    await expect(
      run(node.payouts.resolve(payout.id, verdict, insisting)),
      verdict,
    ).rejects.toMatchObject({ ...refused(verdict, 'moved-meanwhile'), isRetryable: true })
    expect(payee.findInvoice(hold.paymentHash)?.state, verdict).toBe('accepted')
    await expectBooks(shop, { available: 80_000, reserved: 20_000 })
    payee.settleHold(hold.paymentHash)
    expect((await shop.ended(payout.id)).state, verdict).toBe('succeeded')
    await expectBooks(shop, { available: 80_000, reserved: 0 })
    const types = (await run(node.events.after('0'))).map(({ type }) => type)
    expect(types.filter((type) => /^payout.(succeeded|failed)$/.test(type))).toEqual([
      'payout.succeeded',
    ])
  }
})

async function expectBooksOf(shop: Shop, available: number, reserved: number): Promise<void> {
  const partner = await shop.run(shop.node.partners.get('m1'))
  expect([partner.available, partner.reserved]).toEqual([sat(available), sat(reserved)])
}

test('what has ended, or was never handed over, is not resolved', async () => {
  const stuck = await openStuck()
  await resolve(stuck, 'failed', { insist: true })
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
  const insisting = { ...evidence, insist: true }
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
  const insisting = { ...evidence, insist: true }
  const failed = await shop.run(shop.node.payouts.resolve(payout.id, 'failed', insisting))
  shop.payee.settleHold(hold.paymentHash)
  await shop.clock.advance(120_000)
  expect(await shop.run(shop.node.payouts.get(payout.id))).toEqual(failed)
  await expectBooksOf(shop, 100_000, 0)
  expect((await shop.run(shop.node.ledger.balances())).sum.msat).toBe(0n)
})
