import { expect, test } from 'vitest'
import { type KeeperStand, openStand, type StandSettings } from './keeper-stand.ts'

/** Channels to the first two peers, and the keeper content with them. */
async function openContent(
  settings: StandSettings = {},
): Promise<KeeperStand & { points: string[] }> {
  const stand = openStand(settings)
  stand.world.blockEvery = undefined
  const points = [stand.connect(0), stand.connect(1)]
  await stand.run(stand.node.start())
  await stand.clock.advance(60_000)
  return { ...stand, points }
}

const peersOf = async ({ run, node }: KeeperStand): Promise<string[]> =>
  (await run(node.channels.list()))
    .filter(({ state }) => state === 'active')
    .map(({ peerAlias }) => peerAlias!)
    .sort()

test('a peer that closes unasked is blacklisted for good and replaced by the next one', async () => {
  for (const kind of ['cooperative', 'force'] as const) {
    const stand = await openContent()
    const { clock, network, peers, points } = stand
    peers[0]!.closeChannel(points[0]!, { kind })
    await clock.advance(2000)
    // LND shows nothing of another's force close before it is confirmed.
    const below = kind === 'force' ? [] : [{ active: 1, minimum: 2 }]
    expect(await stand.told('keeper.below-minimum'), kind).toEqual(below)
    // Too few are told of at once; nothing is opened before it is clear who closed.
    expect(await stand.rowsOf('channel_intents'), kind).toEqual([])
    network.mine(6)
    stand.world.blockEvery = 20_000
    await clock.advance(200_000)
    expect(await stand.told('keeper.below-minimum'), kind).toEqual([{ active: 1, minimum: 2 }])
    expect(await peersOf(stand), kind).toEqual(['peer-1', 'peer-2'])
    expect(await stand.told('peer.blacklisted'), kind).toMatchObject([
      { peer: { publicKey: peers[0]!.publicKey, state: 'blacklisted', reason: 'unprovoked' } },
    ])
    expect(await stand.told('keeper.restored'), kind).toEqual([{ active: 2, minimum: 2 }])
    expect(await stand.rowsOf('channel_intents'), kind).toHaveLength(1)
  }
})

test('the operator’s close is left alone, also while nobody knows yet whose it was', async () => {
  const stand = await openContent()
  const { clock, network, lnd, points, node, run, peers } = stand
  // By hand, with another program.
  lnd.closeChannel(points[0]!)
  await clock.advance(120_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  network.mine(6)
  await clock.advance(600_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  expect(await run(node.keeper.status())).toMatchObject({
    minimum: 2,
    wanted: 1,
    active: 1,
    verdict: 'enough',
    belowSince: null,
  })
  // A close of somebody else does not bring back what the operator did not want.
  peers[1]!.closeChannel(points[1]!, { kind: 'force' })
  await clock.advance(5000)
  stand.world.blockEvery = 20_000
  await clock.advance(200_000)
  expect(await peersOf(stand)).toEqual(['peer-2'])

  await run(node.peers.allow(peers[0]!.publicKey, 'wanted after all'))
  await clock.advance(200_000)
  expect(await peersOf(stand)).toEqual(['peer-0', 'peer-2'])
})

test('a close that the operator asked for is not replaced, unless he said so', async () => {
  for (const replace of [false, true]) {
    const stand = await openContent()
    const { clock, network, points, node, run } = stand
    await run(node.channels.close(points[0]!, { reason: 'too small', replace }))
    await clock.advance(60_000)
    expect((await run(node.keeper.status())).wanted).toBe(replace ? 2 : 1)
    expect(await stand.rowsOf('channel_intents'), 'before it is clear').toEqual([])
    network.mine(6)
    stand.world.blockEvery = 20_000
    await clock.advance(200_000)
    // The same peer is the best one still.
    expect(await peersOf(stand)).toEqual(replace ? ['peer-0', 'peer-1'] : ['peer-1'])
    expect(await stand.types('peer.')).toEqual([])
    const told = replace ? ['keeper.below-minimum', 'keeper.restored'] : []
    expect(await stand.types('keeper.')).toEqual(told)
  }
})

test('nothing is opened in its place also when the peer is blocked, before or after', async () => {
  for (const order of ['block first', 'close first', 'block when it is closed'] as const) {
    const stand = await openContent()
    const { clock, network, points, peers, node, run } = stand
    const block = () => run(node.peers.block(peers[0]!.publicKey, 'never again'))
    if (order === 'block first') await block()
    await run(node.channels.close(points[0]!, { reason: 'too small' }))
    if (order === 'close first') await block()
    await clock.advance(60_000)
    network.mine(6)
    await clock.advance(60_000)
    if (order === 'block when it is closed') await block()
    stand.world.blockEvery = 20_000
    await clock.advance(600_000)
    expect(await run(node.keeper.status()), order).toMatchObject({ wanted: 1, verdict: 'enough' })
    expect(await peersOf(stand), order).toEqual(['peer-1'])
    const { items } = await run(node.peers.list())
    expect(items, order).toMatchObject([{ state: 'blacklisted', isWaived: true }])
    await run(node.peers.allow(peers[0]!.publicKey, 'wanted after all'))
    await clock.advance(200_000)
    expect(await peersOf(stand), order).toEqual(['peer-0', 'peer-1'])
  }
})

test('an opening that is stuck holds up no other', async () => {
  const stand = openStand({
    channels: { minimumActive: 1, stuckAfter: 3 },
    coinsSat: [3_000_000n, 3_000_000n],
  })
  const { clock, network, node, run } = stand
  stand.world.blockEvery = undefined
  await run(node.start())
  await clock.advance(2000)
  // The next blocks take nothing that cheap.
  network.setFeerate(30)
  await clock.advance(28_000)
  for (let block = 0; block < 2; block++) {
    network.mine()
    await clock.advance(30_000)
  }
  expect(await stand.rowsOf('channel_intents')).toHaveLength(1)
  network.mine(2)
  await clock.advance(60_000)
  const intents = await stand.rowsOf('channel_intents')
  const [first, second] = intents.sort((a, b) => Number(a.created_at) - Number(b.created_at))
  expect(first).toMatchObject({
    state: 'pending',
    reason: 'unconfirmed',
    peer: stand.peers[0]!.publicKey,
  })
  expect(second).toMatchObject({ state: 'pending', peer: stand.peers[1]!.publicKey })
  expect(await stand.types('channel.stuck')).toHaveLength(1)
})

test('a peer that is down is not replaced within the grace time, and is after it', async () => {
  const stand = await openContent({ channels: { gracePeriod: '10m' } })
  const { clock, peers } = stand
  stand.world.blockEvery = 20_000
  peers[0]!.stop()
  await clock.advance(595_000)
  expect(await stand.told('keeper.below-minimum')).toEqual([{ active: 1, minimum: 2 }])
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  await clock.advance(200_000)
  expect(await peersOf(stand)).toEqual(['peer-1', 'peer-2'])
  // When it comes back there is one more than wanted: nothing is closed.
  peers[0]!.start()
  await clock.advance(600_000)
  expect(await peersOf(stand)).toEqual(['peer-0', 'peer-1', 'peer-2'])
})

test('nothing is opened for a while after LND came back', async () => {
  const stand = openStand({ channels: { settlePeriod: '15m' } })
  const { clock, run, node, lnd } = stand
  // The first one stays under way.
  stand.world.blockEvery = undefined
  await run(node.start())
  await clock.advance(895_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  lnd.stop()
  await clock.advance(60_000)
  lnd.start()
  await clock.advance(890_000)
  expect(await stand.rowsOf('channel_intents')).toEqual([])
  await clock.advance(20_000)
  expect(await stand.rowsOf('channel_intents')).toHaveLength(1)
})

test('many closes at once: one alarm a day, and recovery within the budget', async () => {
  const stand = openStand({
    peers: 8,
    channels: { minimumActive: 3, massCloses: 3, budgetPerMonth: '900 sat' },
    coinsSat: [4_000_000n, 4_000_000n, 4_000_000n, 4_000_000n],
  })
  const points = [0, 1, 2].map((peer) => stand.connect(peer))
  const { clock, network, peers, run, node } = stand
  await run(node.start())
  await clock.advance(60_000)
  for (const at of [0, 1, 2]) {
    peers[at]!.closeChannel(points[at]!, { kind: 'force' })
    expect(await stand.told('keeper.mass-close')).toEqual([])
    network.mine(6)
    await clock.advance(2000)
  }
  expect(await stand.told('keeper.mass-close')).toEqual([{ closes: 3, within: '24h' }])
  await clock.advance(600_000)
  // 330 sat are reserved per opening, 320 spent: the third does not fit any more.
  expect(await peersOf(stand)).toEqual(['peer-3', 'peer-4'])
  expect((await stand.told('keeper.blocked')).map(({ reason }) => reason)).toEqual([
    'budget-exhausted',
  ])
  expect((await run(node.keeper.status())).budget).toMatchObject({ period: '2026-01' })

  // Another two within the day are counted and not told again.
  for (const { channelPoint, peer } of await run(node.channels.list())) {
    const from = peers.find(({ publicKey }) => publicKey === peer)!
    if (['peer-3', 'peer-4'].includes(from.alias))
      from.closeChannel(channelPoint, { kind: 'force' })
  }
  network.mine(6)
  await clock.advance(60_000)
  expect((await stand.rowsOf('keepers'))[0]!.recent_closes).toHaveLength(5)
  expect(await stand.told('keeper.mass-close')).toHaveLength(1)

  // A new month has a new budget.
  clock.jumpWallClock(31 * 86_400_000)
  await clock.advance(400_000)
  expect(await peersOf(stand)).toHaveLength(2)
})

test('a clock that was ahead once silences no alarm and stops no opening', async () => {
  const stand = await openContent({ channels: { massCloses: 1 } })
  const { clock, network, peers, points } = stand
  const ahead = 10 * 86_400_000
  clock.jumpWallClock(ahead)
  peers[0]!.closeChannel(points[0]!, { kind: 'force' })
  network.mine(6)
  await clock.advance(10_000)
  expect(await stand.told('keeper.mass-close')).toHaveLength(1)
  clock.jumpWallClock(-ahead)
  await clock.advance(60_000)
  peers[1]!.closeChannel(points[1]!, { kind: 'force' })
  network.mine(6)
  await clock.advance(60_000)
  expect(await stand.told('keeper.mass-close')).toHaveLength(2)
  stand.world.blockEvery = 20_000
  await clock.advance(300_000)
  expect(await peersOf(stand)).toEqual(['peer-2', 'peer-3'])
})
