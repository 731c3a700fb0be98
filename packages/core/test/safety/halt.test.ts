import type { Change } from '@payment-node/core'
import { expect, test } from 'vitest'
import { expectBooks } from '../payouts/expect-books.ts'
import { openShop, type Shop } from '../shop.ts'

async function openRich(settings: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = openShop(settings)
  await shop.run(shop.node.start())
  await shop.sell(100_000)
  return shop
}

const paymentsOf = async ({ run, lnd }: Shop): Promise<number> =>
  (await run(lnd.lightning.listPayments({ afterIndex: 0n, limit: 100 }))).length

const isMarkSent = ({ writes }: Change): boolean =>
  writes.some(
    (write) => write.op === 'update' && write.table.name === 'attempts' && 'sends' in write.set,
  )

test('halted: no payout is accepted, everything else goes on', async () => {
  const shop = await openRich()
  const { node, run } = shop
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false, reason: null })
  const halted = await run(node.safety.halt('the books look wrong'))
  expect(halted).toEqual({
    isHalted: true,
    reason: 'the books look wrong',
    cause: 'operator',
    changedAt: shop.clock.now(),
    fundsAtRisk: [],
  })
  expect(await run(node.safety.status())).toEqual(halted)
  expect((await run(node.status())).isHalted).toBe(true)
  const before = await shop.everything()
  await expect(shop.request({ destination: shop.bill(10).paymentRequest })).rejects.toMatchObject({
    code: 'safety.halted',
    details: { reason: 'the books look wrong' },
    isRetryable: false,
  })
  expect((await shop.changes(before)).filter((name) => name !== 'channels')).toEqual([])
  await shop.sell(1000)
  await expectBooks(shop, { available: 101_000, reserved: 0 })

  expect(await run(node.safety.resume('looked into it'))).toMatchObject({
    isHalted: false,
    reason: 'looked into it',
  })
  const payout = await shop.request({ destination: shop.bill(10).paymentRequest })
  expect((await shop.ended(payout.id)).state).toBe('succeeded')
})

test('halting again replaces the reason; resuming twice is told', async () => {
  const shop = await openRich()
  const { node, run } = shop
  await run(node.safety.halt('one'))
  await run(node.safety.halt('two'))
  expect(await run(node.safety.status())).toMatchObject({ isHalted: true, reason: 'two' })
  await run(node.safety.resume('done'))
  await expect(run(node.safety.resume('done'))).rejects.toMatchObject({
    code: 'safety.not-halted',
  })
})

test('a halt between request and sending keeps the money here; it goes out after the resume', async () => {
  const shop = openShop({ isExclusive: false })
  let halt: (() => Promise<unknown>) | undefined
  const { node } = shop.open(
    {},
    {
      // In the last moment in which it can still count.
      beforeCommit: (change) => (isMarkSent(change) ? halt?.() : undefined),
    },
  )
  await shop.run(node.start())
  await shop.run(shop.node.start())
  await shop.sell(100_000, node)
  halt = () => {
    halt = undefined
    return shop.node.safety.halt('now')
  }
  const bill = shop.bill(20_000)
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' }, 'p')
  await shop.clock.advance(60_000)
  expect(await shop.run(node.payouts.get(payout.id))).toMatchObject({
    state: 'reserved',
    reason: 'halted',
    attempt: { state: 'recorded' },
  })
  expect(await paymentsOf(shop)).toBe(0)
  await expectBooks(shop, { available: 80_000, reserved: 20_000 })
  await shop.run(shop.node.safety.resume('over'))
  expect(await shop.ended(payout.id)).toMatchObject({ state: 'succeeded', reason: null })
  await expectBooks(shop, { available: 80_000, reserved: 0 })
})

test('a halt is for all processes and outlives them; what is in flight is followed to its end', async () => {
  const shop = await openRich()
  const { run, clock, payee, lnd } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const held = await shop.request({ destination: hold.paymentRequest, feeLimit: '0 sat' })
  await clock.advance(1000)
  await run(shop.node.safety.halt('a drill'))
  shop.process.kill()

  const { node } = shop.open()
  await run(node.start())
  await clock.advance(2000)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: true, reason: 'a drill' })
  const bill = shop.bill(10)
  await expect(shop.request({ destination: bill.paymentRequest }, 'x', node)).rejects.toMatchObject(
    { code: 'safety.halted' },
  )
  payee.settleHold(hold.paymentHash)
  expect((await shop.ended(held.id, node)).state).toBe('succeeded')

  // It works while LND is away.
  await run(node.safety.resume('over'))
  lnd.stop()
  await clock.advance(6000)
  await run(node.safety.halt('LND is gone'))
  expect((await run(node.safety.status())).isHalted).toBe(true)
  await run(node.safety.resume('over'))
})

test('halted from another process in the middle of many requests: nothing is accepted after it', async () => {
  const shop = await openRich({ isExclusive: false })
  const other = shop.open({ role: 'api' }).node
  await shop.run(other.start())
  let haltedAt = Number.POSITIVE_INFINITY
  const requests = Array.from({ length: 30 }, async (_, at) => {
    await shop.clock.sleep(at)
    const askedAt = shop.clock.monotonic()
    const payout = await shop.node.payouts.request(
      { partner: 'm1', destination: shop.bill(10).paymentRequest },
      { idempotencyKey: `k${at}` },
    )
    return { askedAt, payout }
  })
  const halting = (async () => {
    await shop.clock.sleep(15)
    await other.safety.halt('stop')
    haltedAt = shop.clock.monotonic()
  })()
  const results = await shop.run(Promise.allSettled(requests))
  await shop.run(halting)
  const accepted = results.filter((result) => result.status === 'fulfilled')
  expect(accepted.length).toBeGreaterThan(3)
  expect(accepted.length).toBeLessThan(27)
  for (const { value } of accepted) expect(value.askedAt).toBeLessThan(haltedAt)
  // Those that were not handed over yet wait.
  await shop.clock.advance(10_000)
  const sent = await paymentsOf(shop)
  await shop.clock.advance(60_000)
  expect(await paymentsOf(shop)).toBe(sent)
  await shop.run(other.safety.resume('go on'))
  for (const { value } of accepted)
    expect((await shop.ended(value.payout.id)).state).toBe('succeeded')
  expect(await paymentsOf(shop)).toBe(accepted.length)
})

test('a payout that expires while halted is given back', async () => {
  const shop = openShop({ isExclusive: false, options: { role: 'api' } })
  await shop.run(shop.node.start())
  const worker = shop.open({ role: 'worker' }).node
  await shop.run(worker.start())
  await shop.sell(100_000)
  await shop.run(worker.stop())
  const bill = shop.bill(20_000, { expirySeconds: 600 })
  const payout = await shop.request({ destination: bill.paymentRequest, feeLimit: '0 sat' })
  await shop.run(shop.node.safety.halt('a drill'))
  await shop.run(worker.start())
  await shop.clock.advance(300_000)
  expect((await shop.run(shop.node.payouts.get(payout.id))).reason).toBe('halted')
  await shop.clock.advance(420_000)
  expect(await shop.run(shop.node.payouts.get(payout.id))).toMatchObject({
    state: 'failed',
    reason: 'expired-before-sending',
  })
  await expectBooks(shop, { available: 100_000, reserved: 0 })
})

test('a resume does not undo a halt that its caller could not know of', async () => {
  const shop = openShop({ isExclusive: false })
  let meanwhile: (() => Promise<unknown>) | undefined
  const { node } = shop.open(
    {},
    {
      beforeCommit: ({ writes }) =>
        writes.some(({ table }) => table.name === 'safety') ? meanwhile?.() : undefined,
    },
  )
  await shop.run(node.start())
  await shop.run(shop.node.start())
  await shop.run(node.safety.halt('the first cause'))
  meanwhile = () => {
    meanwhile = undefined
    return shop.node.safety.halt('the second cause')
  }
  await expect(shop.run(node.safety.resume('the first is gone'))).rejects.toMatchObject({
    code: 'safety.halted',
    details: { reason: 'the second cause' },
  })
  expect(await shop.run(node.safety.status())).toMatchObject({
    isHalted: true,
    reason: 'the second cause',
  })
  expect(await shop.run(node.safety.resume('both are gone'))).toMatchObject({ isHalted: false })
  // A halt, on the other hand, wins against whatever comes first.
  meanwhile = () => {
    meanwhile = undefined
    return shop.node.safety.halt('faster')
  }
  expect(await shop.run(node.safety.halt('slower'))).toMatchObject({ reason: 'slower' })
  expect((await shop.run(node.safety.status())).isHalted).toBe(true)
})

test('of two who resume at once, one does, and the other hears that nothing is halted', async () => {
  const shop = openShop({ isExclusive: false })
  let meanwhile: (() => Promise<unknown>) | undefined
  const { node } = shop.open(
    {},
    {
      beforeCommit: ({ writes }) =>
        writes.some(({ table }) => table.name === 'safety') ? meanwhile?.() : undefined,
    },
  )
  await shop.run(node.start())
  await shop.run(shop.node.start())
  await shop.run(node.safety.halt('a drill'))
  meanwhile = () => {
    meanwhile = undefined
    return shop.node.safety.resume('over')
  }
  await expect(shop.run(node.safety.resume('over, too'))).rejects.toMatchObject({
    code: 'safety.not-halted',
  })
  expect(await shop.run(node.safety.status())).toMatchObject({ isHalted: false, reason: 'over' })
})
