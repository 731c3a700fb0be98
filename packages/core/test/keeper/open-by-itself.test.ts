import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type KeeperStand, openStand } from './keeper-stand.ts'

const openPeers = async ({ run, node }: KeeperStand): Promise<string[]> =>
  (await run(node.channels.list()))
    .filter(({ state }) => state === 'active')
    .map(({ peer }) => peer)

test('from an empty node to the wanted channels, best peers first, one after the other', async () => {
  const stand = openStand()
  const { node, run, clock, peers } = stand
  await run(node.start())
  // At once, when it is certain what there is.
  await clock.advance(1500)
  expect(await stand.rowsOf('channel_intents')).toHaveLength(1)
  await clock.advance(300_000)
  expect((await openPeers(stand)).sort()).toEqual([peers[0]!.publicKey, peers[1]!.publicKey].sort())
  const intents = await stand.rowsOf('channel_intents')
  expect(intents.map(({ state }) => state)).toEqual(['open', 'open'])
  expect(new Set(intents.flatMap(({ outpoints }) => outpoints as string[])).size).toBe(2)
  expect(await stand.types('keeper.')).toEqual(['keeper.below-minimum', 'keeper.restored'])
  expect(await stand.told('keeper.below-minimum')).toEqual([{ active: 0, minimum: 2 }])
  expect(await stand.told('keeper.restored')).toEqual([{ active: 2, minimum: 2 }])
  const { items } = await run(node.keeper.decisions())
  const verdicts = items.map(({ verdict, peer, opening }) => [verdict, peer, opening !== null])
  expect(verdicts.filter(([verdict]) => verdict === 'open').reverse()).toEqual([
    ['open', peers[0]!.publicKey, true],
    ['open', peers[1]!.publicKey, true],
  ])
  expect(items[0]).toMatchObject({ verdict: 'enough', opening: null })
  // The real fees count; what was reserved above them is free again.
  const fees = intents.map(({ fee_msat: fee }) => fee as bigint)
  for (const fee of fees) expect(fee > 200_000n && fee <= 330_000n, String(fee)).toBe(true)
  expect(await stand.rowsOf('spending')).toMatchObject([
    { amount_msat: fees.reduce((sum, fee) => sum + fee, 0n), period: '2026-01' },
  ])
})

test('a look that finds nothing new writes nothing and does not call LND', async () => {
  const stand = openStand()
  stand.connect(0)
  stand.connect(1)
  await stand.run(stand.node.start())
  await stand.clock.advance(60_000)
  const before = await Promise.all(['keepers', 'decisions', 'channels'].map(stand.rowsOf))
  stand.calls.clear()
  await stand.clock.advance(600_000)
  expect(await Promise.all(['keepers', 'decisions', 'channels'].map(stand.rowsOf))).toEqual(before)
  expect(before[1]).toHaveLength(1)
  for (const call of ['unspent', 'requiredReserve', 'openChannel', 'connectPeer']) {
    expect(stand.calls.get(call) ?? 0, call).toBe(0)
  }
  // The feerate is recorded every ten minutes; the keeper asks for none.
  expect(stand.calls.get('estimateFeerate') ?? 0).toBeLessThanOrEqual(1)
  // The watcher of channels looks twice a minute, the proof of the books once; the keeper adds nothing.
  expect(stand.calls.get('listChannels')).toBeLessThanOrEqual(32)
  // A restart is no news either.
  await stand.run(stand.node.stop())
  const { node } = stand.open()
  await stand.run(node.start())
  await stand.clock.advance(60_000)
  expect(await stand.rowsOf('decisions')).toEqual(before[1])
})

test('blocked: LND’s wallet is asked twice a minute, nothing is written again', async () => {
  const stand = openStand({ coinsSat: [1_000_000n] })
  const { run, node, clock } = stand
  await run(node.start())
  await clock.advance(60_000)
  expect(await stand.told('keeper.blocked')).toEqual([
    { reason: 'wallet-too-small', says: expect.stringContaining('1100930 sat are missing') },
  ])
  const before = await Promise.all(['keepers', 'decisions'].map(stand.rowsOf))
  stand.calls.clear()
  await clock.advance(600_000)
  expect(await Promise.all(['keepers', 'decisions'].map(stand.rowsOf))).toEqual(before)
  expect(stand.calls.get('unspent')).toBeLessThanOrEqual(21)
  expect(stand.calls.get('unspent')).toBeGreaterThanOrEqual(10)

  stand.lnd.fund(9_000_000n)
  await clock.advance(300_000)
  expect(await openPeers(stand)).toHaveLength(2)
  expect(await stand.types('keeper.')).toEqual([
    'keeper.below-minimum',
    'keeper.blocked',
    'keeper.restored',
  ])
  expect((await stand.rowsOf('keepers'))[0]).toMatchObject({
    blocked_reason: null,
    below_since: null,
  })
})

test('blocked: a wallet that is away for a moment is no news', async () => {
  const stand = openStand({ coinsSat: [1_000_000n] })
  const { run, node, clock, world } = stand
  await run(node.start())
  await clock.advance(60_000)
  const away = { reason: 'deadline', outcome: 'none' } as const
  world.errors.set('unspent', new PaymentNodeError('node.unavailable', 'too slow', away))
  await clock.advance(120_000)
  expect(await run(node.keeper.status())).toMatchObject({ reason: 'money-unread' })
  world.errors.clear()
  await clock.advance(120_000)
  expect(await run(node.keeper.status())).toMatchObject({ reason: 'wallet-too-small' })
  expect(await stand.told('keeper.blocked')).toHaveLength(1)

  // What blocks for another reason is, and its end is seen without the wallet.
  await run(node.keeper.pause('a look by hand'))
  await clock.advance(60_000)
  world.errors.set('unspent', new PaymentNodeError('node.unavailable', 'too slow', away))
  await run(node.keeper.resume('seen'))
  await clock.advance(60_000)
  await run(node.keeper.pause('another look by hand'))
  await clock.advance(60_000)
  expect((await stand.told('keeper.blocked')).map(({ reason }) => reason)).toEqual([
    'wallet-too-small',
    'paused',
    'paused',
  ])
})

test('recommend: one event and one row, nothing is opened; observe: no event', async () => {
  for (const mode of ['recommend', 'observe'] as const) {
    const stand = openStand({ channels: { mode } })
    const { run, node, clock, peers } = stand
    await run(node.start())
    await clock.advance(600_000)
    expect(await openPeers(stand), mode).toEqual([])
    expect(await stand.rowsOf('channel_intents'), mode).toEqual([])
    const decision = {
      mode,
      verdict: 'open',
      reason: 'below-minimum',
      peer: peers[0]!.publicKey,
      capacity: '2000000 sat',
      cost: '330 sat',
      opening: null,
      details: { counted: 0, wanted: 2, feerate: 2, following: [peers[1]!.publicKey] },
    }
    const told = await stand.told('keeper.recommended')
    if (mode === 'recommend')
      expect(JSON.parse(JSON.stringify(told)), mode).toMatchObject([{ decision }])
    else expect(told, mode).toEqual([])
    expect(JSON.parse(JSON.stringify((await run(node.keeper.decisions())).items))).toMatchObject([
      decision,
    ])
  }
})

test('a peer that is not there, and one that refuses: the next one is tried, they cool down', async () => {
  const stand = openStand()
  const { run, node, clock, peers } = stand
  peers[0]!.stop()
  peers[1]!.setConduct({ minimumChannelSat: 5_000_000n })
  await run(node.start())
  await clock.advance(400_000)
  expect((await openPeers(stand)).sort()).toEqual([peers[2]!.publicKey, peers[3]!.publicKey].sort())
  const cooled = await stand.told('peer.cooled-down')
  expect(cooled.map(({ peer }) => [peer.publicKey, peer.reason, peer.failures])).toEqual([
    [peers[0]!.publicKey, 'peer-unreachable', 1],
    [peers[1]!.publicKey, 'too-small', 1],
  ])
  expect(await stand.types('channel.open-failed')).toHaveLength(2)
})

test('a failure that is nobody’s is not repeated at once', async () => {
  const stand = openStand()
  const { run, node, clock, world } = stand
  const reserve = { call: 'openChannel', reason: 'reserve' }
  world.errors.set('openChannel', new PaymentNodeError('node.refused', 'reserve', reserve))
  await run(node.start())
  // At once, and 1, 3 and 7 minutes later; then not for 8 minutes.
  await clock.advance(14 * 60_000)
  expect(await stand.types('channel.open-failed')).toHaveLength(4)
  world.errors.clear()
  await clock.advance(6 * 60_000)
  expect(await openPeers(stand)).toHaveLength(2)
})

test('a wallet that is away only delays; one that LND does not show blocks the keeper by name', async () => {
  const stand = openStand()
  const { run, node, clock, world } = stand
  const away = { reason: 'deadline', outcome: 'none' } as const
  world.errors.set('unspent', new PaymentNodeError('node.unavailable', 'too slow', away))
  await run(node.start())
  await clock.advance(60_000)
  expect(await run(node.keeper.status())).toMatchObject({ verdict: 'wait', reason: 'money-unread' })
  // What is certain is told all the same.
  expect(await stand.types('keeper.')).toEqual(['keeper.below-minimum'])

  const details = { reason: 'permission-denied', call: 'ListUnspent' } as const
  const rejected = new PaymentNodeError('node.macaroon-rejected', 'no role onchain', details)
  world.errors.set('unspent', rejected)
  await clock.advance(60_000)
  stand.calls.clear()
  await clock.advance(600_000)
  expect(await stand.told('keeper.blocked')).toEqual([
    { reason: 'cannot-open', says: 'no role onchain' },
  ])
  expect(stand.calls.get('unspent')).toBeLessThanOrEqual(21)
  const blocked = { verdict: 'blocked', reason: 'cannot-open', says: 'no role onchain' }
  expect(await run(node.keeper.status())).toMatchObject(blocked)

  world.errors.clear()
  await clock.advance(300_000)
  expect(await openPeers(stand)).toHaveLength(2)
})

test('a wallet that answers again is asked at once', async () => {
  const stand = openStand()
  const { run, node, clock, world } = stand
  const away = { reason: 'deadline', outcome: 'none' } as const
  world.errors.set('unspent', new PaymentNodeError('node.unavailable', 'too slow', away))
  await run(node.start())
  await clock.advance(1500)
  world.errors.clear()
  await clock.advance(5000)
  expect(await stand.rowsOf('channel_intents')).toHaveLength(1)
})
