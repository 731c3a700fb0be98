import { type AnyEvent, PaymentNodeError, type Payout } from '@payment-node/core'
import type { FaultMoment } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

async function openRich(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const told = async ({ run, node }: Shop): Promise<AnyEvent['type'][]> =>
  (await run(node.events.after('0')))
    .filter(({ type }) => type.startsWith('payout.'))
    .map(({ type }) => type)

const now = ({ run, node }: Shop, { id }: Payout): Promise<Payout> => run(node.payouts.get(id))
const minute = 60_000

test('a reply lost before or after the effect: found out, paid once, charged once', async () => {
  for (const moment of ['before-effect', 'after-effect', 'before-reply'] as FaultMoment[]) {
    const shop = await openRich()
    const bill = shop.bill(20_000)
    shop.lnd.faults.once('pay', moment, { outcome: 'unknown' })
    const payout = await shop.request({ destination: bill.paymentRequest })
    const done = await shop.ended(payout.id)
    expect(done, moment).toMatchObject({ state: 'succeeded', preimage: bill.preimage })
    await expectBooks(shop, { available: 80_000, reserved: 0 })
    const payments = await shop.run(shop.lnd.lightning.listPayments({ afterIndex: 0n, limit: 10 }))
    expect(payments).toHaveLength(1)
    await shop.run(shop.node.stop())
  }
})

test('while nothing can be learned the payout is unknown, reserved and told once; then it is found', async () => {
  for (const ending of ['succeeded', 'failed'] as const) {
    const shop = await openRich()
    const { clock, payee, lnd } = shop
    const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
    lnd.faults.once('pay', 'after-effect', { outcome: 'unknown' })
    const silence = lnd.faults.add(({ call }) =>
      call === 'trackPayment' ? { outcome: 'none', reason: 'overloaded' } : undefined,
    )
    // Asked before the fault: the request itself looks whether the hash was used.
    silence()
    const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
    const again = lnd.faults.add(({ call }) =>
      call === 'trackPayment' ? { outcome: 'none', reason: 'overloaded' } : undefined,
    )
    await clock.advance(5000)
    expect(await now(shop, payout)).toMatchObject({
      state: 'sending',
      reason: 'unknown',
      attempt: { state: 'unknown', isSeen: false, evidence: { kind: 'silence' } },
    })
    expect(payee.findInvoice(hold.paymentHash)?.state).toBe('accepted')
    // Long after the invoice and every limit of time: still not failed, still reserved.
    await clock.advance(60 * minute)
    expect(await now(shop, payout)).toMatchObject({ state: 'sending', reason: 'unknown' })
    await expectBooks(shop, { available: 80_000, reserved: 20_000 })
    if (ending === 'succeeded') payee.settleHold(hold.paymentHash)
    else payee.cancelHold(hold.paymentHash)
    await clock.advance(5000)
    expect((await now(shop, payout)).state).toBe('sending')
    again()
    const done = await shop.ended(payout.id)
    expect(done.state).toBe(ending)
    await expectBooks(shop, { available: ending === 'succeeded' ? 80_000 : 100_000, reserved: 0 })
    expect(await told(shop)).toEqual(['payout.sending', 'payout.unknown', `payout.${ending}`])
  }
})

test('LND away for long with a payment inside: nothing is concluded until it is back', async () => {
  const shop = await openRich()
  const { clock, payee, lnd } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(2000)
  expect((await now(shop, payout)).attempt).toMatchObject({ state: 'sent', isSeen: true })
  lnd.stop()
  await clock.advance(90 * minute)
  expect(await now(shop, payout)).toMatchObject({ state: 'sending', reason: null })
  await expect(
    shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' }, 'again'),
  ).rejects.toMatchObject({ code: 'node.unavailable' })
  lnd.start()
  await clock.advance(5000)
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  payee.settleHold(hold.paymentHash)
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('when a call may still arrive, a failure waits for the expiry of the invoice', async () => {
  const shop = await openRich()
  const { clock, lnd, payee, payer } = shop
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  // The first call is lost, or only late: the second one finds no route.
  lnd.faults.once('pay', 'before-effect', { outcome: 'unknown' })
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  payee.stop()
  payer.stop()
  await clock.advance(10_000)
  expect(lnd.findPayment(bill.paymentHash)?.state).toBe('failed')
  expect(await now(shop, payout)).toMatchObject({ state: 'sending', reason: 'may-still-be-sent' })
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  await clock.advance(10 * minute)
  expect((await now(shop, payout)).state).toBe('sending')
  await clock.advance(2 * minute)
  expect(await now(shop, payout)).toMatchObject({
    state: 'failed',
    reason: 'insufficient-balance',
  })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('what was never started is given up when LND says that its invoice has expired', async () => {
  const shop = await openRich()
  const { clock, lnd } = shop
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  const deaf = lnd.faults.add(({ call, moment }) =>
    call === 'pay' && moment === 'before-effect' ? { outcome: 'unknown' } : undefined,
  )
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  // By our clock it is over; but who knows what LND would do.
  await clock.advance(15 * minute)
  expect((await now(shop, payout)).state).toBe('sending')
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  deaf()
  expect(await shop.ended(payout.id)).toMatchObject({
    state: 'failed',
    reason: 'expired-before-sending',
  })
  expect(lnd.findPayment(bill.paymentHash)).toBeUndefined()
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('an LND that is behind our clock is asked now and then whether it would still pay, not all the time', async () => {
  const shop = await openRich()
  const { clock, lnd, payee, payer } = shop
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  lnd.faults.once('pay', 'before-effect', { outcome: 'unknown' })
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  payee.stop()
  payer.stop()
  // Twenty minutes in which it has expired for us, and every try fails there for want of a route.
  lnd.setClockSkew(-20 * minute)
  let calls = 0
  lnd.faults.add(({ call, moment }) => {
    if (call === 'pay' && moment === 'before-effect') calls++
    return undefined
  })
  await clock.advance(25 * minute)
  expect((await now(shop, payout)).state).toBe('sending')
  expect(calls).toBeGreaterThan(0)
  expect(calls).toBeLessThan(100)
  await clock.advance(10 * minute)
  expect((await now(shop, payout)).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('a failure that LND has from an earlier payment of the same hash is not ours', async () => {
  const shop = await openRich()
  const { clock, lnd, payee, payer, run } = shop
  const bill = shop.bill(20_000, { expirySeconds: 86_400 })
  // Another program has tried this invoice in vain.
  payee.stop()
  payer.stop()
  expect((await run(lnd.pay(bill.paymentRequest))).state).toBe('failed')
  payee.start()
  payer.start()
  await clock.advance(5000)
  // Our call is on its way for ten seconds; meanwhile its reply is lost, and LND shows the old failure.
  lnd.faults.once('pay', 'before-effect', { delayMilliseconds: 10_000 })
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(1000)
  shop.process.kill()
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(30_000)
  expect(await shop.ended(payout.id, node)).toMatchObject({
    state: 'succeeded',
    preimage: bill.preimage,
  })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, node)
})

test('a payment that LND has shown and then forgets is unknown for ever, never failed', async () => {
  const shop = await openRich()
  const { clock, lnd, payee } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(1000)
  const { paymentHash } = hold
  const error = new PaymentNodeError('node.payment-not-found', 'Deleted.', { paymentHash })
  lnd.faults.add(({ call }) => (call === 'trackPayment' ? { error } : undefined))
  let calls = 0
  lnd.faults.add(({ call }) => {
    if (call === 'pay') calls++
    return undefined
  })
  lnd.faults.cutStreams()
  await clock.advance(20 * minute)
  expect(await now(shop, payout)).toMatchObject({
    state: 'sending',
    reason: 'forgotten',
    attempt: { state: 'unknown', isSeen: true },
  })
  expect(calls).toBe(0)
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  expect(await told(shop)).toEqual(['payout.sending', 'payout.unknown'])
})

test('an error of the tracking, even a refusal, is never taken for a failed payment', async () => {
  const errors = [
    new PaymentNodeError('node.refused', 'trackPayment: no.', { call: 'track', reason: 'other' }),
    new PaymentNodeError('node.macaroon-rejected', 'No.', { reason: 'permission-denied' }),
    new PaymentNodeError('node.unsupported', 'No.', { call: 'trackPayment' }),
    new PaymentNodeError('input.invalid', 'No.', { field: 'paymentHash', reason: 'malformed' }),
  ]
  for (const error of errors) {
    const shop = await openRich()
    const { clock, payee, lnd } = shop
    const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
    const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
    await clock.advance(1000)
    const removed = lnd.faults.add(({ call }) => (call === 'trackPayment' ? { error } : undefined))
    // The stream that follows the payment is lost, so that it must be tracked.
    lnd.faults.cutStreams()
    await clock.advance(20_000)
    expect((await now(shop, payout)).state, error.code).toBe('sending')
    await expectBooks(shop, { available: 80_000, reserved: 20_000 })
    removed()
    payee.settleHold(hold.paymentHash)
    expect((await shop.ended(payout.id)).state, error.code).toBe('succeeded')
    await expectBooks(shop, { available: 80_000, reserved: 0 })
    await shop.run(shop.node.stop())
  }
})

test('a refused call for a payment that LND has all the same does not fail it', async () => {
  const shop = await openRich()
  const { clock, payee, lnd } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  lnd.faults.once('pay', 'after-effect', {
    error: new PaymentNodeError('node.refused', 'pay: half-way.', { call: 'pay', reason: 'other' }),
  })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(5000)
  expect((await now(shop, payout)).state).toBe('sending')
  payee.settleHold(hold.paymentHash)
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})
