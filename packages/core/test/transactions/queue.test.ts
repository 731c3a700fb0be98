import { type FeeSource, PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { claimedOutpoints } from '../../src/tables/channel-intents.ts'
import { insert } from '../../src/tables/table.ts'
import { expectPaidOnce } from './expect-paid-once.ts'
import { type OnchainStand, openOnchain, settle } from './onchain-stand.ts'

/** A fee source that says what the test wants. */
function saying(satPerVbyte: number): FeeSource & { satPerVbyte: number; isSilent: boolean } {
  const source = {
    contractVersion: 1 as const,
    name: 'test',
    satPerVbyte,
    isSilent: false,
    async feerate() {
      if (source.isSilent) throw new Error('no answer')
      return { at: 0, satPerVbyte: source.satPerVbyte }
    },
  }
  return source
}

const minute = 60_000

async function reasonOf(stand: OnchainStand, id: string): Promise<string | null> {
  const { state, reason } = await stand.payout(id)
  return state === 'queued' ? reason : state
}

test('payouts that need not go at once are collected, and share one transaction and its fee', async () => {
  const stand = await openOnchain()
  const { run, clock } = stand
  await run(stand.node.start())
  const asked = []
  for (const amountSat of [50_000n, 60_000n, 70_000n]) {
    const address = await stand.address()
    asked.push({ id: await stand.queue(amountSat, { address }), address, amountSat })
    await clock.advance(2 * minute)
  }
  expect(await reasonOf(stand, asked[0]!.id)).toBe('collecting')
  await clock.advance(5 * minute)
  for (const { id } of asked) expect(await reasonOf(stand, id)).toBe('sending')
  await stand.mine(6)
  await expectPaidOnce(stand, asked, 'together')
  const rows = await stand.transactions()
  expect(rows.length).toBe(1)
  const fees = await Promise.all(asked.map(async ({ id }) => (await stand.payout(id)).fee!.msat))
  expect(fees.reduce((sum, fee) => sum + fee)).toBe(rows[0]!.fee_msat)
  expect(fees[0]! - fees[2]!).toBeLessThanOrEqual(1n)
})

test('a queue is released by a fee drop; a quick one does not wait for it, and takes nobody along that waits', async () => {
  const source = saying(60)
  const stand = await openOnchain({ options: { fees: { source, ceiling: 20 } } })
  const { run, clock, network } = stand
  network.setFeerate(1)
  await run(stand.node.start())
  const [waiting, quick, own] = [
    await stand.address(),
    await stand.address(),
    await stand.address(),
  ]
  const slow = await stand.queue(40_000n, { address: waiting })
  const strict = await stand.queue(40_000n, { address: own, ceiling: 3 })
  await clock.advance(15 * minute)
  expect(await reasonOf(stand, slow)).toBe('feerate-above-ceiling')
  const fast = await stand.queue(40_000n, { address: quick, isQuick: true })
  await settle(stand)
  expect(await reasonOf(stand, fast)).toBe('sending')
  expect(await reasonOf(stand, slow)).toBe('feerate-above-ceiling')
  expect((await stand.transactions())[0]).toMatchObject({ sat_per_kvb: 60_000 })
  await stand.mine()
  source.satPerVbyte = 7.2
  await clock.advance(minute)
  expect(await reasonOf(stand, slow)).toBe('sending')
  // Its own ceiling is lower.
  expect(await reasonOf(stand, strict)).toBe('feerate-above-ceiling')
  expect((await stand.transactions())[1]).toMatchObject({ sat_per_kvb: 8000 })
  source.satPerVbyte = 3
  await clock.advance(minute)
  expect(await reasonOf(stand, strict)).toBe('sending')
  await stand.mine(7)
  await expectPaidOnce(
    stand,
    [
      { id: slow, address: waiting, amountSat: 40_000n },
      { id: strict, address: own, amountSat: 40_000n },
      { id: fast, address: quick, amountSat: 40_000n },
    ],
    'after a fee drop',
  )
})

test('above the hard ceiling nothing goes: not quick, not released, not after the deadline', async () => {
  const source = saying(51)
  const stand = await openOnchain({ options: { fees: { source, hardCeiling: 50, ceiling: 20 } } })
  const { run, clock } = stand
  await run(stand.node.start())
  const quick = await stand.queue(40_000n, { isQuick: true })
  const late = await stand.queue(40_000n, { deadline: clock.now() + minute })
  const released = await stand.queue(40_000n)
  await run(stand.node.payouts.release(released))
  await clock.advance(20 * minute)
  for (const id of [quick, late, released]) {
    expect(await reasonOf(stand, id)).toBe('feerate-above-hard-ceiling')
  }
  expect(await stand.transactions()).toEqual([])
  source.satPerVbyte = 50
  await clock.advance(minute)
  for (const id of [quick, late, released]) expect(await reasonOf(stand, id)).toBe('sending')
  const rows = await stand.transactions()
  expect(rows.length).toBe(1)
  // By its real size, too, although LND's wallet charges for more.
  const { fee_msat: fee, virtual_bytes: size } = rows[0] as {
    fee_msat: bigint
    virtual_bytes: number
  }
  expect(Number(fee) / 1000 / size).toBeLessThanOrEqual(50)
  expect(Number(fee) / 1000 / size).toBeGreaterThan(47)
})

test('a released payout goes now; one that was canceled never does, and its money is back', async () => {
  const stand = await openOnchain({ options: { fees: { source: saying(60), ceiling: 20 } } })
  const { run, network } = stand
  await run(stand.node.start())
  const [kept, gone] = [await stand.address(), await stand.address()]
  const released = await stand.queue(40_000n, { address: kept })
  const canceled = await stand.queue(40_000n, { address: gone })
  const before = await run(stand.node.ledger.balances())
  expect(await run(stand.node.payouts.cancel(canceled))).toMatchObject({ state: 'canceled' })
  expect(await run(stand.node.payouts.cancel(canceled))).toMatchObject({ state: 'canceled' })
  const after = await run(stand.node.ledger.balances())
  expect(after.partners[0]!.available.msat).toBeGreaterThan(before.partners[0]!.available.msat)
  expect(await run(stand.node.payouts.release(released))).toMatchObject({ state: 'queued' })
  await settle(stand)
  expect(await reasonOf(stand, released)).toBe('sending')
  await expect(run(stand.node.payouts.cancel(released))).rejects.toMatchObject({
    code: 'payout.not-queued',
    details: { payout: released, state: 'sending' },
  })
  await stand.mine(6)
  expect(network.outputsTo(gone)).toEqual([])
  expect(network.outputsTo(kept)).toMatchObject([{ amountSat: 40_000n }])
  expect(await stand.told('payout.')).toEqual([
    'payout.canceled',
    'payout.sending',
    'payout.succeeded',
  ])
  const { partners, sum } = await run(stand.node.ledger.balances())
  expect([sum.msat, partners[0]!.reserved.msat]).toEqual([0n, 0n])
})

test('one output per address: the second payout to it has a transaction of its own', async () => {
  const stand = await openOnchain()
  const { run, network } = stand
  await run(stand.node.start())
  const address = await stand.address()
  const first = await stand.queue(40_000n, { address, isQuick: true })
  const second = await stand.queue(50_000n, { address, isQuick: true })
  await settle(stand)
  await stand.mine(8)
  expect([await reasonOf(stand, first), await reasonOf(stand, second)]).toEqual([
    'succeeded',
    'succeeded',
  ])
  const amounts = network.outputsTo(address).map(({ amountSat }) => amountSat)
  expect(amounts.sort()).toEqual([40_000n, 50_000n])
})

test('floor and reserve stay in the wallet; what does not fit holds up nothing behind it', async () => {
  const stand = await openOnchain({ coinsSat: [500_000n] })
  const { run, network, clock } = stand
  await run(stand.node.start())
  const large = await stand.queue(450_000n, { isQuick: true })
  const small = await stand.queue(100_000n, { isQuick: true })
  await settle(stand)
  expect(await reasonOf(stand, large)).toBe('wallet-too-small')
  expect(await reasonOf(stand, small)).toBe('sending')
  await stand.mine()
  stand.lnd.fund(1_000_000n)
  await clock.advance(minute)
  expect(await reasonOf(stand, large)).toBe('sending')
  await stand.mine(6)
  expect(await reasonOf(stand, large)).toBe('succeeded')
  expect(network.audit()).toBeDefined()
})

test('the kill switch: nothing new is made, and what is made and not signed is given up', async () => {
  let isHeld = true
  const stand = await openOnchain()
  const { run, network, lnd, clock } = stand
  lnd.faults.add(({ call, moment }) =>
    isHeld && call === 'signTransaction' && moment === 'before-effect'
      ? { outcome: 'none' }
      : undefined,
  )
  await run(stand.node.start())
  const address = await stand.address()
  const id = await stand.queue(40_000n, { address, isQuick: true })
  await settle(stand)
  expect((await stand.transactions())[0]).toMatchObject({ state: 'funded' })
  await run(stand.node.safety.halt('stop'))
  isHeld = false
  await clock.advance(minute)
  expect((await stand.transactions())[0]).toMatchObject({ state: 'given-up', reason: 'halted' })
  expect(await reasonOf(stand, id)).toBe('halted')
  expect(network.outputsTo(address)).toEqual([])
  expect(await run(lnd.lightning.funding!.leases())).toEqual([])
  await run(stand.node.safety.resume('go'))
  await clock.advance(minute)
  await stand.mine(6)
  await expectPaidOnce(stand, [{ id, address, amountSat: 40_000n }], 'after a halt')
  expect(await stand.told('payout.')).toEqual([
    'payout.sending',
    'payout.queued',
    'payout.sending',
    'payout.succeeded',
  ])
})

test('a fee source that is silent: LND is asked, and it says so', async () => {
  const source = saying(3)
  const stand = await openOnchain({ options: { fees: { source } } })
  const { run, clock, network } = stand
  network.setFeerate(9)
  await run(stand.node.start())
  expect(await run(stand.node.fees.status())).toMatchObject({ feerate: 3, source: 'test' })
  source.isSilent = true
  await clock.advance(minute)
  expect(await run(stand.node.fees.status())).toMatchObject({
    feerate: 9,
    source: 'simulated',
    now: { isAcceptable: true, reason: 'below-ceiling' },
  })
})

test('coins that a channel has chosen pay for no transaction', async () => {
  const stand = await openOnchain({ coinsSat: [2_000_000n, 1_000_000n] })
  const { run, lnd } = stand
  await run(stand.node.start())
  const coins = await run(lnd.lightning.onchain!.unspent())
  const largest = coins.find(({ amountSat }) => amountSat === 2_000_000n)!.outpoint
  const { publicKey } = await run(lnd.lightning.getInfo())
  const claim = { node: publicKey, network: 'regtest', outpoint: largest, intent: 'a channel' }
  await run(stand.current.storage.commit({ writes: [insert(claimedOutpoints, claim)] }))
  await stand.queue(40_000n, { isQuick: true })
  await settle(stand)
  const [row] = await stand.transactions()
  expect(row!.state).toBe('published')
  expect(row!.inputs).not.toContain(largest)
  await stand.mine(6)
  const { claimed_outpoints: claims } = await stand.rowsOf(['claimed_outpoints'])
  expect(claims).toMatchObject([{ intent: 'a channel' }])
})

test('a connection that may not touch the wallet is asked rarely, and nothing is said again and again', async () => {
  const said: string[] = []
  const logger = {
    debug: () => undefined,
    info: (text: string) => void said.push(text),
    warn: (text: string) => void said.push(text),
    error: (text: string) => void said.push(text),
  }
  const stand = await openOnchain({ options: { logger } })
  const { run, lnd, clock } = stand
  let calls = 0
  lnd.faults.add(({ call, moment }) => {
    if (call !== 'transactions' || moment !== 'before-effect') return undefined
    calls++
    const details = { reason: 'permission-denied' as const, call }
    return { error: new PaymentNodeError('node.macaroon-rejected', 'permission denied', details) }
  })
  said.length = 0
  await run(stand.node.start())
  await clock.advance(9 * minute)
  expect(calls).toBeLessThan(6)
  expect(said.filter((text) => text.includes('on-chain payouts')).length).toBe(1)
})
