import type { AnyEvent, PaymentNode } from '@payment-node/core'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const nodeEvents = async ({ run }: Shop, node: PaymentNode): Promise<AnyEvent[]> =>
  (await run(node.events.after('0'))).filter(({ type }) => type.startsWith('node.'))

test('LND absent, locked or behind at the first start: degraded, said why, and ready by itself', async () => {
  const troubles: readonly [string, (shop: Shop) => void, (shop: Shop) => void][] = [
    ['unreachable', ({ lnd }) => lnd.stop(), ({ lnd }) => lnd.start()],
    ['locked', ({ lnd }) => lnd.lock(), ({ lnd }) => lnd.unlock()],
    ['not-synced', ({ lnd }) => lnd.setSynced(false), ({ lnd }) => lnd.setSynced(true)],
  ]
  for (const [reason, begin, end] of troubles) {
    const shop = openShop()
    const { node, run, clock } = shop
    begin(shop)
    await run(node.start())
    const status = await node.status()
    expect(status, reason).toMatchObject({
      state: 'degraded',
      reason,
      node: null,
      isLeader: false,
      isHalted: null,
      liquidity: null,
    })
    await expect(run(node.invoices.list()), reason).rejects.toMatchObject({
      code: 'node.unavailable',
      details: { reason, outcome: 'none' },
      isRetryable: true,
    })
    await clock.advance(60_000)
    expect((await node.status()).state).toBe('degraded')
    end(shop)
    await clock.advance(3000)
    expect(await node.status(), reason).toMatchObject({ state: 'ready', reason: null })
    await shop.sell(1000)
    const payout = await shop.request({ destination: shop.bill(10).paymentRequest })
    expect((await shop.ended(payout.id)).state, reason).toBe('succeeded')
    const events = await nodeEvents(shop, node)
    expect(events.map(({ type }) => type)).toEqual(['node.ready'])
    await run(node.stop())
  }
})

test('known books are readable while LND is away, and what needs LND says so', async () => {
  const shop = openShop()
  const { run, clock, lnd } = shop
  await run(shop.node.start())
  const sold = await shop.sell(1000)
  await run(shop.node.stop())
  lnd.stop()
  const { node } = shop.open()
  await run(node.start())
  expect((await node.status()).state).toBe('degraded')
  expect((await run(node.invoices.get(sold.id))).state).toBe('settled')
  expect((await run(node.partners.get('m1'))).available.toString()).toBe('1000 sat')
  expect((await run(node.ledger.balances())).sum.msat).toBe(0n)
  const destination = 'lnbcrt1qq'
  const verbs: (() => Promise<unknown>)[] = [
    () => node.invoices.create({ partner: 'm1' }),
    () => node.payouts.request({ partner: 'm1', destination }, { idempotencyKey: 'k' }),
    () => node.channels.list(),
  ]
  for (const verb of verbs)
    await expect(run(verb()), String(verb)).rejects.toMatchObject({
      code: 'node.unavailable',
      details: { reason: 'unreachable', outcome: 'none' },
    })
  lnd.start()
  await clock.advance(3000)
  expect((await run(node.channels.list())).length).toBe(2)
  expect((await run(node.invoices.create({ partner: 'm1' }))).state).toBe('open')
})

test('LND going and coming is told with its reason and how long it took', async () => {
  const shop = openShop()
  const { node, run, clock, lnd } = shop
  await run(node.start())
  const heard: string[] = []
  node.on('node.degraded', ({ reason }) => void heard.push(reason))
  node.on('node.recovered', () => void heard.push('recovered'))
  lnd.stop()
  await clock.advance(30_000)
  expect(await node.status()).toMatchObject({ state: 'degraded', reason: 'unreachable' })
  expect((await node.status()).advice).not.toBeUndefined()
  lnd.start()
  await clock.advance(3000)
  lnd.lock()
  await clock.advance(30_000)
  lnd.unlock()
  await clock.advance(3000)
  expect(heard).toEqual(['unreachable', 'recovered', 'locked', 'recovered'])
  const events = await nodeEvents(shop, node)
  expect(events.map(({ type }) => type)).toEqual([
    'node.ready',
    'node.degraded',
    'node.recovered',
    'node.degraded',
    'node.recovered',
  ])
  const recovered = events.find((event) => event.type === 'node.recovered')!
  const { downFor } = recovered.data as { downFor: number }
  expect(downFor).toBeGreaterThan(28_000)
  expect(downFor).toBeLessThan(33_000)
})

test('a node that falls behind the chain pays nothing and asks for nothing until it has caught up', async () => {
  const shop = openShop()
  const { node, run, clock, lnd } = shop
  await run(node.start())
  await shop.sell(100_000)
  lnd.setSynced(false)
  await clock.advance(6000)
  expect(await node.status()).toMatchObject({ state: 'degraded', reason: 'not-synced' })
  await expect(run(node.invoices.create({ partner: 'm1' }))).rejects.toMatchObject({
    details: { reason: 'not-synced' },
  })
  lnd.setSynced(true)
  await clock.advance(6000)
  expect((await run(node.invoices.create({ partner: 'm1' }))).state).toBe('open')
})

test('another node under the same address: nothing is taken from it, nothing is sent by it', async () => {
  const shop = openShop()
  const { run, clock, lnd, payee } = shop
  // The address answers, but somebody put another node behind it.
  const address = { lightning: lnd.connect() }
  const lightning = new Proxy(address.lightning, {
    get: (_, name) => {
      const member: unknown = Reflect.get(address.lightning, name)
      return typeof member === 'function' ? member.bind(address.lightning) : member
    },
  })
  const { node } = shop.open({ lightning })
  await run(node.start())
  await shop.sell(100_000, node)
  const hold = payee.createHoldInvoice({ amountMsat: 20_000_000n })
  const payout = await shop.request(
    { destination: hold.paymentRequest, feeLimit: '0 sat' },
    'p',
    node,
  )
  await clock.advance(1000)
  const stranger = shop.network.addNode('stranger')
  shop.network.establishChannel({ from: stranger, to: payee, capacitySat: 5_000_000n })
  address.lightning = stranger.connect()
  lnd.faults.cutStreams()
  await clock.advance(60_000)
  expect(await node.status()).toMatchObject({ state: 'degraded', reason: 'misconfigured' })
  // The stranger does not know the payment; that says nothing.
  expect(await run(node.payouts.get(payout.id))).toMatchObject({
    state: 'sending',
    reason: null,
    attempt: { state: 'sent', isSeen: true },
  })
  expect(await run(stranger.lightning.listPayments({ afterIndex: 0n, limit: 10 }))).toEqual([])
  await expect(run(node.invoices.create({ partner: 'm1' }))).rejects.toMatchObject({
    code: 'node.unavailable',
    details: { reason: 'misconfigured' },
  })
  payee.settleHold(hold.paymentHash)
  address.lightning = lnd.connect()
  await clock.advance(5000)
  expect((await shop.ended(payout.id, node)).state).toBe('succeeded')
  expect((await node.status()).state).toBe('ready')
})

test('started with the wrong node, the wrong network or the wrong key: refused, and nothing is changed', async () => {
  const shop = openShop()
  const { run } = shop
  await run(shop.node.start())
  await shop.sell(1000)
  await shop.clock.advance(2000)
  await run(shop.node.stop())

  const wrongNode = shop.open({ lightning: shop.payee.connect() }).node
  await expect(run(wrongNode.start())).rejects.toMatchObject({
    code: 'node.identity-changed',
    details: {
      expected: `${shop.lnd.publicKey} (regtest)`,
      actual: `${shop.payee.publicKey} (regtest)`,
    },
    fundsAtRisk: true,
    isRetryable: false,
  })
  const wrongNetwork = shop.open({ network: 'mainnet' }).node
  await expect(run(wrongNetwork.start())).rejects.toMatchObject({
    code: 'node.wrong-network',
    details: { expected: 'mainnet', actual: 'regtest' },
  })
  const wrongKey = shop.open({ keys: { invoices: new Uint8Array(32).map((_, at) => at * 3) } }).node
  const refused: unknown = await run(wrongKey.start()).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'keys.mismatch', details: { purpose: 'invoices' } })
  expect(String(refused)).not.toContain(Buffer.from(new Uint8Array([0, 3, 6, 9])).toString('hex'))
  // The same LND under another name would be a second set of books for one wallet.
  const otherName = shop.open({ name: 'other' }).node
  await expect(run(otherName.start())).rejects.toMatchObject({
    code: 'options.invalid',
    details: { field: 'name', reason: 'node-has-another-name' },
  })
  for (const node of [wrongNode, wrongNetwork, wrongKey, otherName])
    expect((await node.status()).state).toBe('stopped')

  // The storage is free again, and the right ones go on.
  const right = shop.open({ network: 'regtest' }).node
  await run(right.start())
  expect((await run(right.partners.get('m1'))).available.toString()).toBe('1000 sat')
})

test('the same public key on another network is another node', async () => {
  const shop = openShop()
  await shop.run(shop.node.start())
  await shop.run(shop.node.stop())
  const twin = createSimulatedNetwork({ clock: shop.clock, seed: 7, network: 'signet' })
  const lightning = twin.addNode('shop').connect()
  const { node } = shop.open({ lightning })
  await expect(shop.run(node.start())).rejects.toMatchObject({ code: 'node.identity-changed' })
})
