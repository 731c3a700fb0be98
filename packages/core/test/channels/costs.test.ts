import { PaymentNodeError } from '@payment-node/core'
import type { ChannelClosing } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { type ChannelStand, openStand } from './channel-stand.ts'
import { assets, factsOf, finish, operator } from './count-assets.ts'

type Which = 'ours' | 'theirs'

async function openReady(feerate = 4): Promise<ChannelStand> {
  const stand = openStand()
  stand.network.setFeerate(feerate)
  await stand.run(stand.node.start())
  await stand.clock.advance(40_000)
  return stand
}

const closes: readonly (readonly [Which, 'us' | 'peer', ChannelClosing['kind']])[] = [
  ['ours', 'us', 'cooperative'],
  ['ours', 'peer', 'cooperative'],
  ['theirs', 'us', 'cooperative'],
  ['theirs', 'peer', 'cooperative'],
  ['ours', 'us', 'force'],
  ['ours', 'peer', 'force'],
  ['theirs', 'us', 'force'],
  ['theirs', 'peer', 'force'],
]

function closeBy(
  { lnd, peers, points }: ChannelStand,
  [which, by, kind]: (typeof closes)[number],
): void {
  const peer = which === 'ours' ? peers[0] : peers[1]
  const closer = by === 'us' ? lnd : peer
  closer.closeChannel(points[which], { kind: kind! })
}

test('what a close costs is what is missing afterwards, to the satoshi', async () => {
  for (const close of closes) {
    const stand = await openReady()
    const before = { assets: await assets(stand), operator: await operator(stand) }
    closeBy(stand, close)
    await finish(stand)
    const name = close.join(' ')
    const lost = before.assets - (await assets(stand))
    expect(before.operator - (await operator(stand)), name).toBe(lost)
    // The opener pays for closing in agreement; by force everybody pays for his own sweep.
    expect(lost > 0n, name).toBe(close[0] === 'ours' || close[2] === 'force')
    expect(await factsOf(stand), name).toEqual([
      ...(close[0] === 'ours' ? ['channel-closed'] : []),
      ...(close[2] === 'force' ? ['channel-swept'] : []),
    ])
    expect(await stand.rowsOf('jobs'), name).toEqual([])
    await finish(stand)
    expect(await factsOf(stand), name).toHaveLength((await factsOf(stand)).length)
  }
}, 120_000)

test('a payment that the books have not seen before the close is no cost', async () => {
  for (const kind of ['cooperative', 'force'] as const) {
    const stand = await openReady()
    const { lnd, peers, run, points } = stand
    const before = { assets: await assets(stand), operator: await operator(stand) }
    const bill = peers[0].createInvoice({ amountMsat: 300_000_000n })
    const sent = lnd.pay(bill.paymentRequest)
    await run(sent)
    await stand.clock.advance(100)
    peers[0].closeChannel(points.ours, { kind })
    await finish(stand)
    // It was another program's, and is the operator's, too.
    expect(await factsOf(stand), kind).toContain('foreign-payment')
    const lost = before.assets - (await assets(stand))
    expect(lost, kind).toBeGreaterThan(300_000_000n)
    expect(before.operator - (await operator(stand)), kind).toBe(lost)
  }
})

test('nothing is booked before six blocks, and a reorganization books nothing twice', async () => {
  const stand = await openReady()
  const { network, clock, lnd, points } = stand
  const before = { assets: await assets(stand), operator: await operator(stand) }
  lnd.closeChannel(points.ours)
  await clock.advance(1000)
  network.mine(5)
  await clock.advance(70_000)
  expect((await stand.rowsOf('jobs')).length).toBe(1)
  expect(await factsOf(stand)).toEqual([])
  network.reorganize(3)
  await clock.advance(70_000)
  network.mine(8)
  await clock.advance(70_000)
  expect(await factsOf(stand)).toEqual(['channel-closed'])
  for (const depth of [1, 3, 6]) {
    network.reorganize(depth)
    await clock.advance(70_000)
  }
  await finish(stand)
  expect(await factsOf(stand)).toEqual(['channel-closed'])
  expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
})

test('a close that a reorganization undoes is booked when it ends after all', async () => {
  const stand = await openReady()
  const { network, clock, peers, points } = stand
  const before = { assets: await assets(stand), operator: await operator(stand) }
  peers[0].closeChannel(points.ours, { kind: 'force' })
  await clock.advance(1000)
  network.mine(4)
  await clock.advance(70_000)
  network.reorganize(5, { newBlocks: 6 })
  await clock.advance(70_000)
  await finish(stand)
  expect(await factsOf(stand)).toEqual(['channel-closed', 'channel-swept'])
  expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
})

test('a breach: what the cheater lost is ours, fees included', async () => {
  const stand = await openReady()
  const { lnd, peers, run, points, clock } = stand
  await run(lnd.pay(peers[0].createInvoice({ amountMsat: 200_000_000n }).paymentRequest))
  await clock.advance(40_000)
  const before = { assets: await assets(stand), operator: await operator(stand) }
  peers[0].closeChannel(points.ours, { kind: 'breach' })
  await finish(stand)
  const won = (await assets(stand)) - before.assets
  expect(won).toBeGreaterThan(600_000_000n)
  expect((await operator(stand)) - before.operator).toBe(won)
  expect(await factsOf(stand)).toEqual(['channel-breached', 'foreign-payment'])
  const { world, sum } = await run(stand.node.ledger.balances())
  expect(world.penalties.msat).toBe(-won)
  expect(sum.msat).toBe(0n)
})

test('what is claimed by force is booked when the claim is final', async () => {
  const stand = await openReady()
  const { network, clock, peers, points } = stand
  peers[0].closeChannel(points.ours, { kind: 'force' })
  await clock.advance(1000)
  network.mine(4)
  await clock.advance(70_000)
  network.mine(1)
  await clock.advance(70_000)
  expect(await stand.rowsOf('jobs')).toHaveLength(1)
  network.mine(3)
  await clock.advance(70_000)
  expect(await factsOf(stand)).toEqual([])
  network.mine(1)
  await clock.advance(70_000)
  expect(await factsOf(stand)).toEqual(['channel-closed', 'channel-swept'])
})

test('channels that another program opens cost the operator, once; what is older is in the opening', async () => {
  const stand = openStand()
  const { network, clock, lnd, run, node } = stand
  const third = network.addNode('third')
  const mine = async (blocks: number): Promise<void> => {
    network.mine(blocks)
    await clock.advance(70_000)
  }
  lnd.openChannel(third, { capacitySat: 300_000n, satPerVbyte: 7 })
  network.mine(3)
  await run(node.start())
  await clock.advance(70_000)
  await mine(20)
  expect(await factsOf(stand)).toEqual([])
  const before = { assets: await assets(stand), operator: await operator(stand) }
  for (let opened = 1; opened <= 3; opened++) {
    lnd.openChannel(third, { capacitySat: 400_000n, satPerVbyte: 9 })
    await clock.advance(1000)
    await mine(1)
    await mine(4)
    expect(await factsOf(stand)).toHaveLength(opened - 1)
    await mine(1)
    expect(await factsOf(stand)).toHaveLength(opened)
    network.reorganize(4)
    await clock.advance(70_000)
    await mine(3)
  }
  await mine(20)
  expect(await factsOf(stand)).toEqual(['channel-opened', 'channel-opened', 'channel-opened'])
  expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
})

test('what the library opens itself is booked once, also when it sleeps meanwhile', async () => {
  for (const isAsleep of [false, true]) {
    const stand = await openReady()
    const { network, clock, run, process } = stand
    let { node } = process
    const third = network.addNode('third')
    const before = { assets: await assets(stand), operator: await operator(stand) }
    const opening = await run(
      node.channels.open(
        { peer: third.publicKey, address: third.address, capacity: '500000 sat', feerate: 5 },
        { idempotencyKey: 'one' },
      ),
    )
    await clock.advance(isAsleep ? 6000 : 70_000)
    if (isAsleep) process.kill()
    network.mine(1)
    network.mine(12)
    if (isAsleep) {
      node = stand.open().node
      await run(node.start())
    }
    await clock.advance(70_000)
    network.mine(10)
    await clock.advance(70_000)
    const openings = await stand.rowsOf('channel_intents')
    expect(openings, String(isAsleep)).toMatchObject([{ id: opening.id, state: 'open' }])
    expect(await factsOf(stand), String(isAsleep)).toEqual(['channel-opened'])
    expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
  }
})

test('many channels at once: every transaction is booked by its own id', async () => {
  const stand = await openReady()
  const { network, lnd, clock } = stand
  const points: string[] = []
  for (let at = 0; at < 12; at++) {
    const peer = network.addNode(`peer-${at}`)
    points.push(
      network.establishChannel({ from: lnd, to: peer, capacitySat: 200_000n, pushSat: 50_000n }),
    )
  }
  await clock.advance(40_000)
  const before = { assets: await assets(stand), operator: await operator(stand) }
  points.forEach(
    (point, at) => void lnd.closeChannel(point, { kind: at % 3 ? 'force' : 'cooperative' }),
  )
  await finish(stand)
  expect(before.operator - (await operator(stand))).toBe(before.assets - (await assets(stand)))
  const facts = await factsOf(stand)
  expect(facts.filter((kind) => kind === 'channel-closed')).toHaveLength(12)
  expect(facts.filter((kind) => kind === 'channel-swept')).toHaveLength(8)
})

test('killed, failed or answered too late at each commit and call: booked once', async () => {
  let points = 0
  for (const outcome of ['kill', 'none', 'unknown'] as const)
    for (let at = 0; at === 0 || at < points; at++) {
      // Deaths at every point, failures and lost replies at every other one.
      if (at > 0 && outcome !== 'kill' && at % 2 === (outcome === 'none' ? 0 : 1)) continue
      const stand = openStand()
      const { run, clock, calls, lnd, network, points: channels } = stand
      network.setFeerate(4)
      let passed = 0
      let process: ReturnType<typeof stand.open> | undefined
      // Deaths while the books are bound to LND are another test's.
      let isStarted = false
      const strike = (isAfter: boolean): void => {
        if (!process || !isStarted || process.life.isOver || passed++ !== at) return
        if (outcome === 'kill') process.kill()
        // What was done already can only be told too late.
        else
          throw new PaymentNodeError('storage.unavailable', 'Injected.', {
            outcome: isAfter ? 'unknown' : outcome,
          })
      }
      calls.strike = (call, moment) => {
        if (call === 'transactions') strike(moment !== 'before-effect')
      }
      const isOfCosts = (writes: readonly { table: { name: string } }[]): boolean =>
        writes.some(({ table }) => table.name === 'jobs' || table.name === 'cursors')
      process = stand.open(
        {},
        {
          beforeCommit: ({ writes }) => isOfCosts(writes) && strike(false),
          afterCommit: ({ writes }) => isOfCosts(writes) && strike(true),
        },
      )
      await run(process.node.start())
      isStarted = true
      const started = process
      const live = async (milliseconds: number): Promise<void> => {
        await clock.advance(milliseconds)
        if (process !== started || !started.life.isOver) return
        process = stand.open()
        await run(process.node.start())
        await clock.advance(milliseconds)
      }
      await live(40_000)
      const before = { assets: await assets(stand), operator: await operator(stand) }
      lnd.closeChannel(channels.ours, { kind: 'force' })
      lnd.closeChannel(channels.theirs)
      const third = network.addNode('third')
      lnd.openChannel(third, { capacitySat: 400_000n })
      for (const blocks of [3, 4, 400, 10, 10]) {
        network.mine(blocks)
        await live(70_000)
      }
      points = Math.max(points, passed)
      const name = `${outcome} at ${at}`
      expect((await factsOf(stand)).sort(), name).toEqual([
        'channel-closed',
        'channel-opened',
        'channel-swept',
      ])
      expect(before.operator - (await operator(stand)), name).toBe(
        before.assets - (await assets(stand)),
      )
      expect(await stand.rowsOf('jobs'), name).toEqual([])
    }
  expect(points).toBeGreaterThan(20)
}, 120_000)
