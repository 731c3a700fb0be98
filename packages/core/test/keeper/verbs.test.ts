import { sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openStand } from './keeper-stand.ts'

test('the status of an empty node says what is missing, in words and amounts', async () => {
  const stand = openStand({ channels: { minimumActive: 3 }, coinsSat: [1_234_567n] })
  const { run, node, clock, peers } = stand
  await run(node.start())
  await run(node.peers.block(peers[1]!.publicKey, 'slow'))
  await clock.advance(10_000)
  const status = await run(node.keeper.status({ limit: 2 }))
  expect(status).toMatchObject({
    mode: 'act',
    isPaused: false,
    pausedReason: null,
    minimum: 3,
    wanted: 3,
    active: 0,
    counted: 0,
    verdict: 'blocked',
    reason: 'wallet-too-small',
    next: peers[0]!.publicKey,
    opening: null,
    budget: { period: '2026-01', limit: sat(100_000), used: sat(0), left: sat(100_000) },
    list: {
      size: 4,
      peers: [
        {
          publicKey: peers[0]!.publicKey,
          alias: 'peer-0',
          rank: 1,
          capacity: sat(2_000_000),
          channel: 'none',
          mark: null,
        },
        { channel: 'none', mark: { state: 'blacklisted', reason: 'operator', says: 'slow' } },
      ],
    },
  })
  expect(status.list.peers).toHaveLength(2)
  // 3 channels, 3 fundings of 330 sat and closings of 600 sat at 2 sat/vB, and the floor.
  const needed = 6_000_000 + 3 * 930 + 100_000
  expect(status.bootstrap).toEqual({
    channels: 3,
    needed: sat(needed),
    available: sat(1_234_567),
    missing: sat(needed - 1_234_567),
    says: '3 channels of 2,000,000 sat need about 6,102,790 sat on chain; the wallet has 1,234,567 sat: send about 4,868,223 sat to keeper.depositAddress().',
  })
  stand.lnd.stop()
  await clock.advance(10_000)
  expect(await run(node.keeper.status())).toMatchObject({
    verdict: 'wait',
    reason: 'node-away',
    bootstrap: { channels: 3, available: null, missing: null },
  })
})

test('the status with channels of every kind, and nothing missing', async () => {
  const stand = openStand({ channels: { minimumActive: 2 } })
  const { run, node, clock } = stand
  for (const peer of [0, 1, 2]) stand.connect(peer)
  stand.peers[2]!.stop()
  await run(node.start())
  await clock.advance(10_000)
  const status = await run(node.keeper.status())
  expect(status).toMatchObject({ active: 2, counted: 3, verdict: 'enough', next: null })
  expect(status.list.peers.map(({ channel }) => channel)).toEqual([
    'active',
    'active',
    'inactive',
    'none',
  ])
  expect(status.bootstrap).toMatchObject({ channels: 0, says: 'No channel is missing.' })
})

test('the deposit address stays until something has arrived there, also across a restart', async () => {
  const stand = openStand({ coinsSat: [], isExclusive: false })
  const { run, node, clock, network, calls } = stand
  stand.world.blockEvery = undefined
  await run(node.start())
  await clock.advance(10_000)
  const address = await run(node.keeper.depositAddress())
  expect(address).toMatch(/^bcrt1p/)
  const other = stand.open({ role: 'api' })
  await run(other.node.start())
  expect(await run(other.node.keeper.depositAddress())).toBe(address)
  expect(calls.get('newAddress')).toBe(1)
  // Unconfirmed is enough.
  network.payOnChain(address, 1000n)
  const second = await run(node.keeper.depositAddress())
  expect(second).not.toBe(address)
  expect(await run(node.keeper.depositAddress())).toBe(second)
  // What arrived and was spent again while nobody asked was seen by the keeper.
  const arrived = network.payOnChain(second, 2000n)
  network.mine()
  await clock.advance(60_000)
  const coins = await run(stand.lnd.lightning.onchain!.unspent())
  const coin = coins.find(
    ({ address: at, outpoint }) => at === second && outpoint.startsWith(arrived),
  )
  network.doubleSpend(coin!.outpoint)
  expect(await run(node.keeper.depositAddress())).not.toBe(second)
  expect(calls.get('newAddress')).toBe(3)
  stand.lnd.stop()
  await clock.advance(10_000)
  await expect(run(node.keeper.depositAddress())).rejects.toMatchObject({
    code: 'node.unavailable',
  })
})

test('decisions page by page; the report sums up what would have been done', async () => {
  const stand = openStand({ channels: { mode: 'recommend' } })
  const { run, node, clock, peers, network } = stand
  await run(node.start())
  const start = clock.now()
  await clock.advance(100_000)
  network.setFeerate(60)
  await clock.advance(200_000)
  network.setFeerate(4)
  await run(node.peers.block(peers[0]!.publicKey, 'no'))
  await clock.advance(100_000)
  const first = await run(node.keeper.decisions({ limit: 2 }))
  const rest = await run(node.keeper.decisions({ cursor: first.cursor! }))
  const all = [...first.items, ...rest.items]
  expect(all.map(({ verdict, reason, peer }) => [verdict, reason, peer]).reverse()).toEqual([
    ['open', 'below-minimum', peers[0]!.publicKey],
    ['blocked', 'feerate-above-ceiling', peers[0]!.publicKey],
    // Blocked, before the wallet was read again.
    ['blocked', 'feerate-above-ceiling', peers[1]!.publicKey],
    ['open', 'below-minimum', peers[1]!.publicKey],
  ])
  const since = all[0]!.decidedAt
  expect((await run(node.keeper.decisions({ since }))).items).toEqual([all[0]])

  const report = await run(node.keeper.report())
  expect(report).toMatchObject({ until: clock.now(), since: clock.now() - 7 * 86_400_000 })
  expect(report.openings.map(({ peer, cost, opening }) => [peer, String(cost), opening])).toEqual([
    [peers[0]!.publicKey, '330 sat', null],
    [peers[1]!.publicKey, '330 sat', null],
    [peers[2]!.publicKey, '660 sat', null],
  ])
  expect(report.capacity).toEqual(sat(6_000_000))
  expect(report.cost).toEqual(sat(1320))
  const total = report.times.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  expect(total).toBeLessThanOrEqual(clock.now() - start)
  expect(total).toBeGreaterThan(390_000)
  // Only the last one was in force then.
  const late = await run(node.keeper.report({ since: clock.now() - 1000 }))
  expect(late.openings.map(({ peer }) => peer)).toEqual([peers[1]!.publicKey, peers[2]!.publicKey])
  expect(late.times).toEqual([{ verdict: 'open', reason: 'below-minimum', milliseconds: 1000 }])
})

test('the report of what was done names each opening once', async () => {
  const stand = openStand()
  const { run, node, clock, peers } = stand
  await run(node.start())
  await clock.advance(300_000)
  const { openings, cost } = await run(node.keeper.report())
  expect(openings.map(({ peer, mode }) => [peer, mode])).toEqual([
    [peers[0]!.publicKey, 'act'],
    [peers[1]!.publicKey, 'act'],
  ])
  const intents = await stand.rowsOf('channel_intents')
  expect(openings.map(({ opening }) => opening).sort()).toEqual(intents.map(({ id }) => id).sort())
  expect(cost).toEqual(sat(660))
  // What was opened before is no part of it, though it was the decision in force.
  const later = await run(node.keeper.report({ since: openings[1]!.decidedAt + 1 }))
  expect(later.openings).toEqual([])
  const first = await run(node.keeper.report({ since: openings[0]!.decidedAt + 1 }))
  expect(first.openings).toEqual([openings[1]])
})

test('an opening that failed is not reported as one, nor its cost', async () => {
  const stand = openStand()
  const { run, node, clock, peers } = stand
  peers[0]!.setConduct({ minimumChannelSat: 5_000_000n })
  await run(node.start())
  await clock.advance(300_000)
  const { openings, failed, capacity, cost } = await run(node.keeper.report())
  expect(openings.map(({ peer }) => peer)).toEqual([peers[1]!.publicKey, peers[2]!.publicKey])
  expect(failed).toBe(1)
  expect(capacity).toEqual(sat(4_000_000))
  expect(cost).toEqual(sat(660))
})

test('what cannot be used is refused by name, and nothing is stored', async () => {
  const stand = openStand()
  const { run, node } = stand
  await run(node.start())
  await stand.clock.advance(300_000)
  const before = await Promise.all(['keepers', 'peer_marks'].map(stand.rowsOf))
  const key = stand.peers[0]!.publicKey
  const rows: [() => Promise<unknown>, string, string][] = [
    [() => node.keeper.pause(''), 'reason', 'empty'],
    [() => node.keeper.pause(undefined as never), 'reason', 'missing'],
    [() => node.keeper.resume(null as never), 'reason', 'null'],
    [() => node.keeper.status({ limit: 0 }), 'limit', 'too-small'],
    [() => node.keeper.status({ size: 1 } as never), 'filter.size', 'unknown-option'],
    [() => node.keeper.decisions({ since: -1 }), 'since', 'too-small'],
    [() => node.keeper.decisions({ cursor: 'x' }), 'cursor', 'malformed'],
    [() => node.keeper.report({ since: '1' as never }), 'since', 'wrong-type'],
    [() => node.peers.list({ state: 'bad' as never }), 'state', 'unknown-value'],
    [() => node.peers.list({ cursor: 'zz' }), 'cursor', 'malformed'],
    [() => node.peers.block('02', 'x'), 'publicKey', 'malformed'],
    [() => node.peers.block(`02${'0'.repeat(64)}`, 'x'), 'publicKey', 'not-on-curve'],
    [() => node.peers.block(key, ''), 'reason', 'empty'],
    [() => node.peers.allow(key, ''), 'reason', 'empty'],
  ]
  for (const [call, field, reason] of rows) {
    const label = `${field} ${reason}`
    await expect(run(call()), label).rejects.toMatchObject({
      code: 'input.invalid',
      details: { field, reason },
    })
  }
  await expect(run(node.peers.allow(key, 'x'))).rejects.toMatchObject({
    code: 'peer.not-marked',
    details: { peer: key },
  })
  await expect(run(node.keeper.resume('x'))).rejects.toMatchObject({ code: 'keeper.not-paused' })
  expect(await Promise.all(['keepers', 'peer_marks'].map(stand.rowsOf))).toEqual(before)
})
