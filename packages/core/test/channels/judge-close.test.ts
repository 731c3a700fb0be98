import type { CloseAttribution } from '@payment-node/core'
import { expect, test } from 'vitest'
import { type ChannelStand, openStand } from './channel-stand.ts'

const settlePeriod = 900

async function openReady(): Promise<ChannelStand> {
  const stand = openStand({ channels: { settlePeriod } })
  await stand.run(stand.node.start())
  await stand.clock.advance(5000)
  return stand
}

async function attributionOf(stand: ChannelStand, point: string): Promise<CloseAttribution> {
  const rows = await stand.rowsOf('channels')
  return rows.find(({ channel_point }) => channel_point === point)!.attribution as CloseAttribution
}

async function settle({ network, clock }: ChannelStand, blocks = 6): Promise<void> {
  network.mine(blocks)
  await clock.advance(40_000)
}

test('a close by the peer counts as unprovoked only when we had been there for a while', async () => {
  for (const kind of ['cooperative', 'force'] as const)
    for (const [online, cause, type] of [
      [settlePeriod - 60, 'while-away', 'peer.cooled-down'],
      [settlePeriod + 60, 'unprovoked', 'peer.blacklisted'],
    ] as const) {
      const stand = await openReady()
      await stand.clock.advance(online * 1000)
      stand.peers[0].closeChannel(stand.points.ours, { kind })
      await stand.clock.advance(5000)
      await settle(stand)
      const name = `${kind} after ${online} s`
      expect(await attributionOf(stand, stand.points.ours), name).toMatchObject({ cause })
      const told = (await stand.told()).filter((event) => event.startsWith('peer.'))
      expect(told, name).toEqual([type])
      const [mark] = await stand.rowsOf('peer_marks')
      expect(mark!.evidence, name).toMatchObject({
        channelPoint: stand.points.ours,
        cause,
        closedBy: 'peer',
        height: expect.any(Number),
      })
    }
})

test('a force close that LND tells late counts from when it was confirmed', async () => {
  const stand = await openReady()
  const { clock, points, peers, network } = stand
  await clock.advance((settlePeriod - 120) * 1000)
  // Published and confirmed now; LND believes it after three blocks, which take half an hour.
  peers[0].closeChannel(points.ours, { kind: 'force' })
  for (let block = 0; block < 3; block++) {
    network.mine(1)
    await clock.advance(600_000)
  }
  await clock.advance(40_000)
  const { cause, onlineFor } = await attributionOf(stand, points.ours)
  expect(cause).toBe('while-away')
  expect(onlineFor).toBeLessThan(settlePeriod * 1000)
})

test('closed while LND was away: nobody is blacklisted', async () => {
  const stand = await openReady()
  const { clock, points, peers, lnd, network } = stand
  await clock.advance(settlePeriod * 2000)
  lnd.stop()
  await clock.advance(10_000)
  peers[0].closeChannel(points.ours, { kind: 'force' })
  lnd.start()
  await clock.advance(20_000)
  network.mine(6)
  await clock.advance(settlePeriod * 2000)
  expect(await attributionOf(stand, points.ours)).toMatchObject({ cause: 'while-away' })
  expect(await stand.told()).not.toContain('peer.blacklisted')
})

test('a peer that could not reach us since we came back had its reasons', async () => {
  for (const isBackBefore of [true, false]) {
    const stand = await openReady()
    const { clock, points, peers, lnd } = stand
    if (isBackBefore) peers[0].setReachable(false)
    await clock.advance(10_000)
    lnd.restart()
    await clock.advance(10_000)
    if (!isBackBefore) peers[0].setReachable(false)
    await clock.advance(settlePeriod * 3000)
    peers[0].closeChannel(points.ours, { kind: 'force' })
    await settle(stand)
    // Reachable for a moment after we came back, or never: both times it was not there for a while.
    const { cause } = await attributionOf(stand, points.ours)
    expect(cause, String(isBackBefore)).toBe('while-away')
  }
})

test('a peer that goes, and closes long after, is not excused', async () => {
  const stand = await openReady()
  const { clock, points, peers } = stand
  await clock.advance(settlePeriod * 2000)
  peers[0].setReachable(false)
  await clock.advance(settlePeriod * 1000)
  peers[0].closeChannel(points.ours, { kind: 'force' })
  await settle(stand)
  expect(await attributionOf(stand, points.ours)).toMatchObject({ cause: 'unprovoked' })
})

test('closed by hand with another program: waived, told, nobody blamed', async () => {
  const stand = await openReady()
  stand.lnd.closeChannel(stand.points.theirs)
  await stand.clock.advance(5000)
  await settle(stand)
  expect(await attributionOf(stand, stand.points.theirs)).toMatchObject({
    cause: 'requested-elsewhere',
    verdict: 'waive',
  })
  expect(await stand.rowsOf('peer_marks')).toMatchObject([
    { state: 'closed-by-operator', peer: stand.peers[1].publicKey },
  ])
})

test('a force close of our LND that nobody asked for is the peer s fault', async () => {
  const stand = await openReady()
  await stand.clock.advance(settlePeriod * 2000)
  stand.lnd.closeChannel(stand.points.ours, { kind: 'force' })
  await stand.clock.advance(5000)
  await settle(stand)
  expect(await attributionOf(stand, stand.points.ours)).toMatchObject({
    cause: 'peer-fault',
    verdict: 'cool-down',
    closedBy: 'us',
  })
})

test('a revoked state: blacklisted for good, however short we were there, also when we had asked', async () => {
  for (const isAsked of [false, true]) {
    const stand = await openReady()
    const { node, run, clock, points, peers, lnd } = stand
    await run(lnd.pay(peers[0].createInvoice({ amountMsat: 9_000_000n }).paymentRequest))
    if (isAsked) {
      peers[0].stop()
      await clock.advance(5000)
      await run(node.channels.close(points.ours, { reason: 'no longer wanted' }))
      await clock.advance(5000)
      peers[0].start()
    }
    await clock.advance(100)
    peers[0].closeChannel(points.ours, { kind: 'breach' })
    await settle(stand, 6)
    await settle(stand, 6)
    expect(await attributionOf(stand, points.ours), String(isAsked)).toMatchObject({
      cause: 'breach',
      verdict: 'blacklist',
    })
    expect(await stand.rowsOf('peer_marks')).toMatchObject([
      { state: 'blacklisted', reason: 'breach', until: null },
    ])
  }
})

test('a close is judged once: what is seen of it later changes nothing', async () => {
  const stand = await openReady()
  const { clock, points, peers } = stand
  await clock.advance(settlePeriod * 2000)
  peers[0].closeChannel(points.ours, { kind: 'force' })
  await clock.advance(5000)
  await settle(stand, 3)
  const first = await attributionOf(stand, points.ours)
  for (let blocks = 0; blocks < 3; blocks++) await settle(stand, 1000)
  expect(await attributionOf(stand, points.ours)).toEqual(first)
  expect((await stand.told()).filter((type) => type.startsWith('peer.'))).toHaveLength(1)
  expect(await stand.told(points.ours)).toEqual([
    'channel.active',
    'channel.closing',
    'peer.blacklisted',
    'channel.closed',
  ])
})
