import {
  type AnyEvent,
  type Logger,
  PaymentNodeError,
  type Payout,
  sat,
  silentLogger,
} from '@payment-node/core'
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

test('O1: a reply lost before or after the effect: found out, paid once, charged once', async () => {
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

test('O1: while nothing can be learned the payout is unknown, reserved and told once; then it is found', async () => {
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
      attempt: { state: 'unknown', isSeen: false },
    })
    expect(await shop.run(shop.node.payouts.evidence(payout.id))).toMatchObject([
      { state: 'unknown', evidence: { kind: 'silence' } },
    ])
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
}, 20_000)

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
}, 20_000)

test('O4: when a call may still arrive, a failure waits for the expiry of the invoice', async () => {
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

test('a clock that was behind and is set right makes nothing wait for what it said', async () => {
  const shop = await openRich()
  const { clock, lnd, payee, payer } = shop
  const bill = shop.bill(20_000, { expirySeconds: 86_400 })
  lnd.faults.once('pay', 'before-effect', { outcome: 'unknown' })
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  payee.stop()
  payer.stop()
  await clock.advance(10_000)
  expect(await now(shop, payout)).toMatchObject({ state: 'sending', reason: 'may-still-be-sent' })
  clock.jumpWallClock(86_400_000)
  await clock.advance(3 * minute)
  expect((await now(shop, payout)).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('O4: what was never started is given up when LND says that its invoice has expired', async () => {
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

test('expired by our clock and not by LND s: it is paid, and booked so', async () => {
  for (const isFailedFirst of [false, true]) {
    const shop = await openRich()
    const { clock, lnd, payee, payer } = shop
    const bill = shop.bill(20_000, { expirySeconds: 600 })
    for (const peer of [lnd, payee]) peer.setClockSkew(-30 * minute)
    lnd.faults.once('pay', 'before-effect', { outcome: 'unknown' })
    const deaf = lnd.faults.add(({ call, moment }) =>
      !isFailedFirst && call === 'pay' && moment === 'before-effect'
        ? { outcome: 'unknown' }
        : undefined,
    )
    const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
    if (isFailedFirst) for (const peer of [payee, payer]) peer.stop()
    // It has expired for us in the one case, and will in the other.
    await clock.advance((isFailedFirst ? 10 : 15) * minute)
    const { reason, attempt } = await now(shop, payout)
    if (isFailedFirst) expect(reason).toBe('may-still-be-sent')
    else expect(attempt).toMatchObject({ state: 'unknown', isSeen: false })
    if (isFailedFirst) expect(lnd.findPayment(bill.paymentHash)?.state).toBe('failed')
    await expectBooks(shop, { available: 80_000, reserved: 20_000 })
    deaf()
    if (isFailedFirst) for (const peer of [payee, payer]) peer.start()
    expect(await shop.ended(payout.id)).toMatchObject({
      state: 'succeeded',
      preimage: bill.preimage,
    })
    await expectBooks(shop, { available: 80_000, reserved: 0 })
  }
})

interface Forgotten {
  readonly shop: Shop
  readonly payout: Payout
  readonly preimage: string
  /** Messages of the log's highest level. */
  readonly errors: string[]
  /** How often LND was asked to pay. */
  readonly calls: () => number
}

/** A payment that LND has shown in flight and knows nothing of once its stream has ended in that way. */
async function openForgotten(way: 'cut' | 'refused' = 'cut'): Promise<Forgotten> {
  const errors: string[] = []
  const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) }
  const shop = await openRich({ options: { logger } })
  const { clock, payee, lnd } = shop
  let calls = 0
  let isOver = false
  const refusal = new PaymentNodeError('node.refused', 'No.', { call: 'pay', reason: 'other' })
  lnd.faults.add(({ call, moment, reply }) => {
    if (call !== 'pay') return undefined
    if (moment === 'before-effect') calls++
    return isOver && reply !== undefined ? { error: refusal } : undefined
  })
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  const error = new PaymentNodeError('node.payment-not-found', 'Never heard of it.', {
    paymentHash: hold.paymentHash,
  })
  lnd.faults.add(({ call }) => (call === 'trackPayment' ? { error } : undefined))
  await clock.advance(1000)
  expect((await now(shop, payout)).attempt?.isSeen).toBe(true)
  if (way === 'cut') lnd.faults.cutStreams()
  else {
    // The next word about the payment is a refusal.
    isOver = true
    payee.cancelHold(hold.paymentHash)
  }
  return { shop, payout, preimage: hold.preimage, errors, calls: () => calls }
}

test('O4: what LND had and forgets is unknown: not sent again, not given back, also after its expiry', async () => {
  for (const way of ['cut', 'refused'] as const) {
    const { shop, payout, errors, calls } = await openForgotten(way)
    // Before the invoice expires, and long after it did.
    for (const time of [5000, 9 * minute, 30 * minute]) {
      await shop.clock.advance(time)
      expect(await now(shop, payout), `${way} ${time}`).toMatchObject({
        state: 'sending',
        reason: 'forgotten',
        attempt: { state: 'unknown', isSeen: true },
      })
      await expectBooksHeld(shop)
    }
    expect(calls(), way).toBe(1)
    expect(errors, way).toEqual([expect.stringContaining('does not know a payment any more')])
    expect(await told(shop), way).toEqual(['payout.sending', 'payout.unknown'])
  }
})

test('what LND forgot is ended by an operator who insists, or when LND knows it again', async () => {
  const evidence = { by: 'ann', note: 'LND was restored from an old copy' }
  for (const verdict of ['succeeded', 'failed'] as const) {
    const { shop, payout } = await openForgotten()
    await shop.clock.advance(20 * minute)
    await expect(
      shop.run(shop.node.payouts.resolve(payout.id, verdict, evidence)),
    ).rejects.toMatchObject({
      code: 'payout.verdict-refused',
      details: { reason: 'node-says-not-found' },
    })
    await expectBooksHeld(shop)
    const insisting = { ...evidence, insist: true }
    const done = await shop.run(shop.node.payouts.resolve(payout.id, verdict, insisting))
    expect(done.state).toBe(verdict)
    const { available, reserved } = await shop.run(shop.node.partners.get('m1'))
    expect([available, reserved]).toEqual([sat(verdict === 'failed' ? 100_000 : 80_000), sat(0)])
    expect((await shop.run(shop.node.ledger.balances())).sum.msat).toBe(0n)
  }
  const { shop, payout, preimage } = await openForgotten()
  await shop.clock.advance(20 * minute)
  shop.lnd.faults.clear()
  shop.payee.settleHold(payout.paymentHash)
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'succeeded', preimage })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

const expectBooksHeld = (shop: Shop): Promise<void> =>
  expectBooks(shop, { available: 80_000, reserved: 20_000 })

test('O1: an error of the tracking, even a refusal, is never taken for a failed payment', async () => {
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
