import { type Change, type PaymentNode, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop, type ShopProcess } from '../shop.ts'
import { expectBooks } from './expect-books.ts'

/** The intent to send, about to be or just written. */
const isMarkSent = ({ writes }: Change): boolean =>
  writes.some(
    (write) => write.op === 'update' && write.table.name === 'attempts' && 'sends' in write.set,
  )

/** Two processes on one storage; the first leads. Nothing is started yet but the second's reading. */
async function openTwo(
  hooks: Parameters<Shop['open']>[1] = {},
): Promise<{ shop: Shop; leader: ShopProcess; other: PaymentNode }> {
  const shop = openShop({ isExclusive: false })
  const leader = shop.open({}, hooks)
  await shop.run(leader.node.start())
  await shop.sell(100_000, leader.node)
  const other = shop.node
  await shop.run(other.start())
  expect((await leader.node.status()).isLeader).toBe(true)
  expect((await other.status()).isLeader).toBe(false)
  return { shop, leader, other }
}

test('O4: a leader killed between intent and call: the next one sends it, once', async () => {
  let shoot: (() => void) | undefined
  const { shop, leader, other } = await openTwo({
    afterCommit: (change) => {
      if (isMarkSent(change)) shoot?.()
    },
  })
  shoot = () => leader.kill()
  const bill = shop.bill(20_000)
  const payout = await shop.request({ destination: bill.paymentRequest }, 'p', other)
  const done = await shop.ended(payout.id, other)
  expect(done).toMatchObject({ state: 'succeeded', preimage: bill.preimage })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, other)
})

test('a leader that only slept sends nothing when it wakes up, and writes nothing', async () => {
  let sleep: (() => void) | undefined
  const { shop, leader, other } = await openTwo({
    afterCommit: (change) => {
      if (isMarkSent(change)) sleep?.()
    },
  })
  sleep = () => {
    sleep = undefined
    leader.life.pause()
  }
  const bill = shop.bill(20_000)
  const payout = await shop.request({ destination: bill.paymentRequest }, 'p', other)
  const calls: string[] = []
  shop.lnd.faults.add(({ call, moment }) => {
    if (call === 'pay' && moment === 'before-effect') calls.push(call)
    return undefined
  })
  const done = await shop.ended(payout.id, other)
  expect(done.state).toBe('succeeded')
  leader.life.resume()
  await shop.clock.advance(60_000)
  expect(calls).toHaveLength(1)
  expect(await shop.run(other.payouts.get(payout.id))).toEqual(done)
  expect((await leader.node.status()).isLeader).toBe(false)
  await expectBooks(shop, { available: 80_000, reserved: 0 }, other)
})

test('a leader that was replaced in its sleep writes nothing, even where nobody else has written', async () => {
  const shop = openShop({ isExclusive: false })
  let sleep: (() => Promise<void>) | undefined
  const leader = shop.open(
    {},
    { beforeCommit: (change) => (isMarkSent(change) ? sleep?.() : undefined) },
  )
  await shop.run(leader.node.start())
  await shop.sell(100_000, leader.node)
  // The next leader has no LND, so that it touches nothing.
  const away = async (): Promise<never> => {
    throw new PaymentNodeError('node.unavailable', 'Away.', {
      reason: 'unreachable',
      outcome: 'none',
    })
  }
  const next = shop.open({ lightning: { ...shop.lnd.connect(), getInfo: away } }).node
  await shop.run(next.start())
  sleep = () => {
    leader.life.pause()
    return leader.life.goesOn()
  }
  const payout = await shop.request(
    { destination: shop.bill(20_000).paymentRequest },
    'p',
    leader.node,
  )
  await shop.clock.advance(30_000)
  expect((await next.status()).isLeader).toBe(true)
  leader.life.resume()
  await shop.clock.advance(2000)
  expect((await leader.node.status()).isLeader).toBe(false)
  expect(await shop.run(next.payouts.get(payout.id))).toEqual(payout)
})

test('O4: a call of a dead leader that arrives late pays a payout that the next one saw fail: no money is given back before', async () => {
  const { shop, leader, other } = await openTwo()
  const { clock, lnd, payee, payer } = shop
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  // The call is on its way for a minute: its sender is killed, the next leader takes over.
  lnd.faults.once('pay', 'before-effect', { delayMilliseconds: 60_000 })
  const payout = await shop.request(
    { destination: bill.paymentRequest, feeLimit: '0 sat' },
    'p',
    leader.node,
  )
  await clock.advance(1000)
  leader.kill()
  payee.stop()
  payer.stop()
  await clock.advance(40_000)
  // The next leader has sent it again, in vain.
  expect((await other.status()).isLeader).toBe(true)
  expect(lnd.findPayment(bill.paymentHash)?.state).toBe('failed')
  await expectBooks(shop, { available: 80_000, reserved: 20_000 }, other)
  payee.start()
  payer.start()
  await clock.advance(30_000)
  // Now the first call arrived, and LND has started again what had failed.
  expect(lnd.findPayment(bill.paymentHash)?.state).toBe('succeeded')
  const done = await shop.ended(payout.id, other)
  expect(done).toMatchObject({ state: 'succeeded', preimage: bill.preimage })
  await expectBooks(shop, { available: 80_000, reserved: 0 }, other)
})

test('an exclusive storage proves that the former holder is gone: a failure is booked at once', async () => {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 86_400 })
  const payout = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await shop.clock.advance(1000)
  shop.process.kill()
  const { node } = shop.open()
  await shop.run(node.start())
  await shop.clock.advance(1000)
  shop.payee.cancelHold(hold.paymentHash)
  const before = shop.clock.monotonic()
  expect((await shop.ended(payout.id, node)).state).toBe('failed')
  expect(shop.clock.monotonic() - before).toBeLessThan(10_000)
  await expectBooks(shop, { available: 100_000, reserved: 0 }, node)
})

test('a shared storage proves nothing about a dead leader: its failure waits for the expiry', async () => {
  const { shop, leader, other } = await openTwo()
  const hold = shop.payee.createHoldInvoice({ amountMsat: 20_000_000n, expirySeconds: 600 })
  const payout = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '0 sat' },
    'p',
    leader.node,
  )
  await shop.clock.advance(1000)
  leader.kill()
  shop.payee.cancelHold(hold.paymentHash)
  await shop.clock.advance(60_000)
  expect(await shop.run(other.payouts.get(payout.id))).toMatchObject({
    state: 'sending',
    reason: 'may-still-be-sent',
  })
  await expectBooks(shop, { available: 80_000, reserved: 20_000 }, other)
  await shop.clock.advance(660_000)
  expect((await shop.run(other.payouts.get(payout.id))).state).toBe('failed')
  await expectBooks(shop, { available: 100_000, reserved: 0 }, other)
})

test('two processes that take turns in leading pay each payout once', async () => {
  const { shop, leader, other } = await openTwo()
  const ids: string[] = []
  let [front, back] = [leader.node, other]
  for (let round = 0; round < 4; round++) {
    for (let at = 0; at < 3; at++) {
      const { id } = await shop.request(
        { destination: shop.bill(1000).paymentRequest, feeLimit: '0 sat' },
        `${round}-${at}`,
        at % 2 === 0 ? front : back,
      )
      ids.push(id)
    }
    await shop.run(front.stop())
    await shop.clock.advance(5000)
    await shop.run(front.start())
    ;[front, back] = [back, front]
  }
  for (const id of ids) expect((await shop.ended(id, front)).state).toBe('succeeded')
  await expectBooks(shop, { available: 88_000, reserved: 0 }, front)
}, 20_000)
