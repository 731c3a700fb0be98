import type { NodeChannel, PaymentNode } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'
import { differencesOf, eventsOf } from './old-copy.ts'
import { type Disguise, openDisguised } from './old-node.ts'

const paid = (amountSat: number, shop: Shop, node: PaymentNode, key: string) =>
  shop.request({ destination: shop.bill(amountSat).paymentRequest, feeLimit: '0 sat' }, key, node)

/** A shop that has sold and paid, and is stopped. */
async function openUsed() {
  const disguisedShop = openDisguised()
  const { shop } = disguisedShop
  const { node } = disguisedShop.open()
  await shop.run(node.start())
  await shop.sell(100_000, node)
  const { id } = await paid(10_000, shop, node, 'first')
  await shop.ended(id, node)
  // The books see the channels' counts and LND's history.
  await shop.clock.advance(60_000)
  await shop.run(node.stop())
  return disguisedShop
}

const fewerUpdates = (channel: NodeChannel): NodeChannel => ({
  ...channel,
  updateCount: channel.updateCount - 1n,
})

test('an LND that comes back with an old state: nothing is sent, nobody shall force close', async () => {
  const old: readonly [string, Disguise, string[], boolean][] = [
    ['channels', { channel: fewerUpdates }, ['channel-older', 'channel-older'], true],
    ['invoices', { forgets: () => true }, ['invoice-forgotten'], true],
    [
      'everything',
      { channel: () => undefined, paymentIndex: 0n, forgets: () => true },
      ['channel-unlisted', 'channel-unlisted', 'invoice-forgotten', 'payments-missing'],
      true,
    ],
    ['deleted payments', { paymentIndex: 0n }, [], false],
  ]
  for (const [name, disguise, kinds, isBehind] of old) {
    const disguisedShop = await openUsed()
    const { shop, open } = disguisedShop
    const { run, clock } = shop
    Object.assign(disguisedShop.disguise, disguise)
    let { node } = open()
    await run(node.start())
    await clock.advance(3000)
    const status = await run(node.safety.status())
    expect(status.cause, name).toBe(isBehind ? 'node-behind' : null)
    expect((await differencesOf(shop, node)).map(({ kind }) => kind).sort(), name).toEqual(kinds)
    const told = (await eventsOf(shop, node)).filter(({ type }) => type === 'node.behind')
    expect(told, name).toHaveLength(isBehind ? 1 : 0)
    if (!isBehind) {
      // From here on its history is read as it is now.
      const { cursors } = await shop.rowsOf(['cursors'])
      expect(cursors!.find((row) => row.name === 'payments')).toMatchObject({ position: 0 })
      const payout = await paid(5000, shop, node, 'next')
      expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
      continue
    }
    expect(status.reason).toContain('Do NOT force close')
    await expect(paid(5000, shop, node, 'next')).rejects.toMatchObject({ code: 'safety.halted' })
    await run(node.stop())
    node = open().node
    await run(node.start())
    await clock.advance(60_000)
    expect(await differencesOf(shop, node), name).toHaveLength(kinds.length)
    // Accepted: what LND shows is taken for what it is from here on.
    await run(node.safety.resume('it was restored on purpose'))
    await clock.advance(2000)
    expect(await differencesOf(shop, node), name).toEqual([])
    await run(node.stop())
    node = open().node
    await run(node.start())
    await clock.advance(60_000)
    expect(await run(node.safety.status()), name).toMatchObject({ isHalted: false })
    expect((await eventsOf(shop, node)).filter(({ type }) => type === 'node.behind')).toHaveLength(
      1,
    )
    await run(node.stop())
  }
})

test('payments missing in LND while a payout is under way: it is not sent a second time', async () => {
  const { shop, disguise, open } = await openUsed()
  const { run, clock, payee, lnd } = shop
  const hold = payee.createHoldInvoice({ amountMsat: 10_000_000n, expirySeconds: 86_400 })
  const first = open()
  await run(first.node.start())
  let calls = 0
  lnd.faults.add(({ call, moment }) => {
    if (call !== 'pay') return undefined
    if (moment === 'before-effect') calls++
    // The process dies before it hears that LND has it.
    if (moment === 'after-effect') first.kill()
    return undefined
  })
  const destination = hold.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', first.node)
  await clock.advance(1000)
  expect(calls).toBe(1)
  // LND comes back without its payments; its channels look as before. It knows as much as a stranger.
  disguise.paymentIndex = 0n
  disguise.answer = {
    trackPayment: (paymentHash) => shop.payer.lightning.trackPayment(paymentHash),
  }
  const { node } = open()
  await run(node.start())
  await clock.advance(60_000)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'node-behind' })
  expect(calls).toBe(1)
  expect((await run(node.payouts.get(id))).state).toBe('sending')
})

test('a failure that an old LND tells is not believed', async () => {
  const { shop, disguise, open } = await openUsed()
  const { run, clock, payee } = shop
  const first = open()
  await run(first.node.start())
  const hold = payee.createHoldInvoice({ amountMsat: 10_000_000n, expirySeconds: 86_400 })
  const destination = hold.paymentRequest
  const { id } = await shop.request({ destination, feeLimit: '0 sat' }, 'p', first.node)
  await clock.advance(1000)
  await run(first.node.stop())
  const lightning = shop.lnd.connect()
  let isLying = true
  Object.assign(disguise, {
    channel: fewerUpdates,
    answer: {
      trackPayment: async function* (paymentHash) {
        for await (const update of lightning.trackPayment(paymentHash))
          yield isLying ? { ...update, state: 'failed', failure: 'error' } : update
      },
    },
  } satisfies Disguise)
  const { node } = open()
  await run(node.start())
  await clock.advance(60_000)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'node-behind' })
  expect(await run(node.payouts.get(id))).toMatchObject({ state: 'sending', reason: 'halted' })
  const { reserved } = await run(node.partners.get('m1'))
  expect(reserved.msat).toBe(10_000_000n)
  // A success it cannot make up.
  isLying = false
  payee.settleHold(hold.paymentHash)
  expect((await shop.ended(id, node)).state).toBe('succeeded')
})

test('an older channel seen while it runs halts at once; accepted, and raised again when it falls again', async () => {
  const { shop, disguise, open } = await openUsed()
  const { run, clock } = shop
  const { node } = open()
  await run(node.start())
  await clock.advance(60_000)
  for (const _ of [1, 2]) {
    expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
    const before = disguise.channel ?? ((channel) => channel)
    disguise.channel = (channel) => fewerUpdates(before(channel)!)
    // Without any outage: the next look at the channels is enough.
    await clock.advance(40_000)
    expect(await run(node.safety.status())).toMatchObject({ cause: 'node-behind' })
    await run(node.safety.resume('known'))
    await clock.advance(60_000)
  }
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
  const told = (await eventsOf(shop, node)).filter(({ type }) => type === 'node.behind')
  expect(told).toHaveLength(2)
})

test('after any break with LND it is compared again, and nothing is sent before', async () => {
  for (const breaks of ['the process', 'the sync', 'the streams'] as const) {
    const { shop, disguise, open } = await openUsed()
    const { run, clock, lnd } = shop
    const { node } = open()
    await run(node.start())
    await clock.advance(1000)
    let calls = 0
    lnd.faults.add(({ call, moment }) => {
      if (call === 'pay' && moment === 'before-effect') calls++
      // The comparison takes its time.
      return call === 'listPayments' && moment === 'before-reply'
        ? { delayMilliseconds: 3000 }
        : undefined
    })
    if (breaks === 'the process') lnd.stop()
    else if (breaks === 'the sync') lnd.setSynced(false)
    else lnd.faults.cutStreams()
    if (breaks !== 'the streams') await clock.advance(10_000)
    // Only the comparison sees this; the channels look as before.
    disguise.forgets = () => true
    lnd.start()
    lnd.setSynced(true)
    await clock.advance(1000)
    if (breaks !== 'the streams') await clock.advance(5000)
    const asked = paid(5000, shop, node, 'next').catch((error: { code: string }) => error.code)
    await clock.advance(60_000)
    await asked
    expect(calls, breaks).toBe(0)
    expect(await run(node.safety.status()), breaks).toMatchObject({ cause: 'node-behind' })
    await run(node.stop())
  }
})

test('another node behind the same address is not compared with these books', async () => {
  const shop = openShop()
  const { run, clock, lnd, payee } = shop
  const address = { lightning: lnd.connect() }
  const lightning = new Proxy(address.lightning, {
    get: (_, name) => Reflect.get(address.lightning, name),
  })
  const { node } = shop.open({ lightning })
  await run(node.start())
  await shop.sell(100_000, node)
  const { id } = await paid(10_000, shop, node, 'p')
  await shop.ended(id, node)
  await clock.advance(60_000)
  // The other end of the shop's own channel, and a stranger.
  for (const other of [payee, shop.network.addNode('stranger')]) {
    address.lightning = other.connect()
    lnd.faults.cutStreams()
    await clock.advance(60_000)
    expect(await node.status()).toMatchObject({ state: 'degraded' })
    expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
    address.lightning = lnd.connect()
    await clock.advance(10_000)
    expect(await node.status()).toMatchObject({ state: 'ready' })
  }
  expect(await differencesOf(shop, node, 'all')).toEqual([])
})

test('an old LND stays the cause, whatever is found besides', async () => {
  const { shop, disguise, open } = await openUsed()
  const { run, clock } = shop
  disguise.channel = fewerUpdates
  let { node } = open()
  await run(node.start())
  await clock.advance(3000)
  const { reason } = await run(node.safety.status())
  await run(node.stop())
  await run(shop.lnd.pay(shop.bill(3000).paymentRequest))
  node = open().node
  await run(node.start())
  await clock.advance(3000)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'node-behind', reason })
  expect((await differencesOf(shop, node)).map(({ kind }) => kind).sort()).toEqual([
    'channel-older',
    'channel-older',
    'unknown-payment',
  ])
  const told = (await eventsOf(shop, node)).filter(({ type }) => /behind$/.test(type))
  expect(told.map(({ type }) => type)).toEqual(['node.behind', 'node.books-behind'])
})

test('an LND that has begun its history anew, accepted: what it pays from then on is seen', async () => {
  const { shop, disguise, open } = await openUsed()
  const { run, clock, lnd } = shop
  const { paymentIndex } = await run(lnd.lightning.highWater())
  Object.assign(disguise, {
    forgottenUpTo: paymentIndex,
    channel: (channel) => ({ ...channel, updateCount: 0n }),
  } satisfies Disguise)
  const { node } = open()
  await run(node.start())
  await clock.advance(3000)
  expect(await run(node.safety.status())).toMatchObject({ cause: 'node-behind' })
  await run(node.safety.resume('a new database, the channels are recovered'))
  await clock.advance(2000)
  const before = (await run(node.ledger.balances())).operator.msat
  await run(lnd.pay(shop.bill(3000).paymentRequest))
  await clock.advance(60_000)
  expect(before - (await run(node.ledger.balances())).operator.msat).toBe(3_000_000n)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: false })
})
