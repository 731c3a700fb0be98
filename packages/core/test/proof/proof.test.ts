import { type LightningNode, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const looks = 8 * 60_000

/** A shop whose LND shows so much less (or more) in its wallet than it has. */
function openWithHole(): { shop: Shop; node: Shop['node']; hole: { msat: bigint } } {
  const shop = openShop()
  const hole = { msat: 0n }
  const real = shop.lnd.connect()
  const lightning: LightningNode = {
    ...real,
    async walletBalance(signal) {
      const balance = await real.walletBalance(signal)
      return { ...balance, confirmedMsat: balance.confirmedMsat - hole.msat }
    },
  }
  const { node } = shop.open({ lightning })
  return { shop, node, hole }
}

async function operatorOf({ run }: Shop, node: Shop['node']): Promise<bigint> {
  return (await run(node.ledger.balances())).operator.msat
}

test('what comes, goes and stays under way is proved at every moment', async () => {
  const shop = openShop()
  const { node, run, clock } = shop
  await run(node.start())
  const proved = async (when: string): Promise<void> => {
    const proof = await run(node.ledger.prove())
    expect(proof.verdict, `${when}: ${proof.says}`).toBe('proved')
  }
  await proved('at the start')
  await shop.sell(300_000)
  await proved('received')
  const paid = await shop.request({ destination: shop.bill(20_000).paymentRequest })
  await shop.ended(paid.id)
  await proved('paid')
  const held = shop.payee.createHoldInvoice({ amountMsat: 30_000_000n })
  await shop.request({ destination: held.paymentRequest })
  await clock.advance(1000)
  await proved('held')
  shop.payee.settleHold(held.paymentHash)
  await clock.advance(1000)
  await proved('taken')
  await clock.advance(looks)
  const { sum, world } = await run(node.ledger.balances())
  expect([sum, world.unexplained]).toEqual([sat(0), sat(0)])
  expect((await run(node.safety.status())).isHalted).toBe(false)
})

test('what other programs receive and pay over this LND shows in the proof as the operator s', async () => {
  const shop = openShop()
  const { node, run, clock, lnd, payer } = shop
  await run(node.start())
  const before = await operatorOf(shop, node)
  const foreign = lnd.createInvoice({ amountMsat: 70_000_000n })
  await run(payer.pay(foreign.paymentRequest))
  await clock.advance(looks)
  expect((await operatorOf(shop, node)) - before).toBe(70_000_000n)
  await run(lnd.pay(shop.bill(20_000).paymentRequest))
  await clock.advance(looks)
  expect((await operatorOf(shop, node)) - before).toBe(50_000_000n)
  const { world, partners } = await run(node.ledger.balances())
  expect([world.unexplained, partners]).toEqual([sat(0), []])
  expect((await run(node.ledger.prove())).verdict).toBe('proved')
})

test('a deposit is the operator s when it is final, and explained before', async () => {
  const shop = openShop()
  const { node, run, clock, lnd, network } = shop
  await run(node.start())
  await clock.advance(60_000)
  const before = await operatorOf(shop, node)
  network.mine(1)
  lnd.fund(500_000n)
  for (let block = 0; block < 5; block++) {
    await clock.advance(looks)
    expect((await run(node.ledger.prove())).verdict, `block ${block}`).toBe('proved')
    expect((await operatorOf(shop, node)) - before, `block ${block}`).toBe(0n)
    network.mine(1)
  }
  network.mine(3)
  await clock.advance(looks)
  const { operator, world, sum } = await run(node.ledger.balances())
  expect(operator.msat - before).toBe(500_000_000n)
  expect([world.deposits, world.unexplained, sum]).toEqual([sat(-500_000), sat(0), sat(0)])
})

test('what moves in the wallet between the binding of the books and the first look of a leader is booked', async () => {
  const shop = openShop({ isExclusive: false })
  const { run, clock, lnd, network } = shop
  // It binds the books, and never leads.
  const { node: api } = shop.open({ role: 'api' })
  await run(api.start())
  const bound = await operatorOf(shop, api)
  network.mine(1)
  lnd.fund(400_000n)
  network.mine(10)
  await clock.advance(looks)
  expect(await operatorOf(shop, api)).toBe(bound)
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(2 * looks)
  const { operator, world } = await run(node.ledger.balances())
  expect([world.deposits, world.unexplained]).toEqual([sat(-400_000), sat(0)])
  expect(operator.msat - bound).toBe(400_000_000n)
  expect((await run(node.ledger.prove())).verdict).toBe('proved')
  await run(node.stop())
  await run(api.stop())
})

// Balances of channels are rounded to the satoshi by LND: what is missing for certain is one less per channel.
test('missing value halts outgoing money until it is acknowledged, once', async () => {
  const { shop, node, hole } = openWithHole()
  const { run, clock, lnd } = shop
  lnd.fund(1_000_000n)
  await run(node.start())
  await shop.sell(300_000, node)
  const told: unknown[] = []
  node.on('books.short', ({ comparison }) => told.push(comparison.reasons))
  const before = await operatorOf(shop, node)
  hole.msat = 5_000_000n
  const proof = await run(node.ledger.prove())
  expect(proof).toMatchObject({ verdict: 'short', difference: sat(5000 - 2) })
  await clock.advance(2 * 60_000)
  expect((await run(node.safety.status())).isHalted, 'after two looks').toBe(false)
  await clock.advance(looks)
  expect(await run(node.safety.status())).toMatchObject({ isHalted: true, cause: 'books-short' })
  expect(told).toEqual([['value-missing']])
  await expect(
    run(
      node.payouts.request(
        { partner: 'm1', destination: shop.bill(1000).paymentRequest },
        { idempotencyKey: 'while-short' },
      ),
    ),
  ).rejects.toMatchObject({ code: 'safety.halted' })
  const [difference] = (await run(node.safety.differences())).items
  expect(difference).toMatchObject({ kind: 'value-missing', state: 'open', amount: sat(4998) })
  expect(await operatorOf(shop, node)).toBe(before)

  await run(node.safety.resume('stolen, the police knows'))
  await clock.advance(2 * looks)
  expect((await run(node.safety.status())).isHalted).toBe(false)
  expect((await operatorOf(shop, node)) - before).toBe(-4_998_000n)
  const rows = (await shop.rowsOf(['ledger_transactions'])).ledger_transactions!
  expect(rows.find(({ kind }) => kind === 'value-missing')).toMatchObject({
    note: 'acknowledged: stolen, the police knows',
  })
  expect(told).toHaveLength(1)
})

test('less than partners are owed is told apart, and not raised again once it is known', async () => {
  const { shop, node, hole } = openWithHole()
  const { run, clock } = shop
  await run(node.start())
  await shop.sell(300_000, node)
  const told: unknown[] = []
  node.on('books.short', ({ comparison }) => told.push(comparison.reasons))
  const { operator } = await run(node.ledger.balances())
  hole.msat = operator.msat + 10_000_000n
  await clock.advance(looks)
  expect(told).toEqual([['insolvent']])
  await run(node.safety.resume('I put money in soon'))
  await clock.advance(2 * looks)
  expect((await run(node.safety.status())).isHalted).toBe(false)
  hole.msat += 1_000_000n
  await clock.advance(looks)
  expect(told).toEqual([['insolvent'], ['insolvent']])
  expect((await run(node.safety.status())).isHalted).toBe(true)
})

test('what is missing for a moment halts nothing', async () => {
  const { shop, node, hole } = openWithHole()
  const { run, clock } = shop
  await run(node.start())
  for (let time = 0; time < 6; time++) {
    hole.msat = 9_000_000n
    await clock.advance(3 * 60_000)
    hole.msat = 0n
    await clock.advance(2 * 60_000)
  }
  expect((await run(node.safety.status())).isHalted).toBe(false)
  expect((await run(node.ledger.balances())).world.unexplained).toEqual(sat(0))
})

test('a surplus that stays is booked as the operator s, never a partner s, and halts nothing', async () => {
  const { shop, node, hole } = openWithHole()
  const { run, clock } = shop
  await run(node.start())
  await shop.sell(300_000, node)
  const told: string[] = []
  node.on('books.surplus', ({ proof }) => told.push(proof.verdict))
  const { operator, partners } = await run(node.ledger.balances())
  hole.msat = -8_000_000n
  await clock.advance(2 * looks)
  const after = await run(node.ledger.balances())
  expect(told).toEqual(['surplus'])
  expect(after.operator.msat - operator.msat).toBe(7_999_000n)
  expect(after.partners).toEqual(partners)
  expect((await run(node.safety.status())).isHalted).toBe(false)
})

test('without the right to read the balances nothing is proved and nothing is halted', async () => {
  const shop = openShop()
  const real = shop.lnd.connect()
  let isForbidden = false
  const lightning: LightningNode = {
    ...real,
    async walletBalance(signal) {
      if (!isForbidden) return real.walletBalance(signal)
      const { PaymentNodeError } = await import('@payment-node/core')
      throw new PaymentNodeError('node.macaroon-rejected', 'No.', { reason: 'permission-denied' })
    },
  }
  const { node } = shop.open({ lightning })
  await shop.run(node.start())
  isForbidden = true
  await shop.sell(100_000, node)
  await shop.clock.advance(4 * looks)
  expect((await shop.run(node.safety.status())).isHalted).toBe(false)
  await expect(shop.run(node.ledger.prove())).rejects.toMatchObject({
    code: 'node.macaroon-rejected',
  })
})
