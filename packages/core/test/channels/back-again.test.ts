import type { ClosedChannel } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openStand } from './channel-stand.ts'

const settlePeriod = 900

test('a channel that a reorganization brings back was not closed: its next close is judged', async () => {
  const shown: { closed: ClosedChannel | undefined } = { closed: undefined }
  const isShown = ({ channelPoint }: { channelPoint: string }): boolean =>
    channelPoint !== shown.closed?.channelPoint
  const stand = openStand(
    { channels: { settlePeriod } },
    {
      listChannels: async (signal) =>
        (await stand.lnd.lightning.listChannels(signal)).filter(isShown),
      listClosedChannels: async (signal) => [
        ...(await stand.lnd.lightning.listClosedChannels(signal)),
        ...(shown.closed ? [shown.closed] : []),
      ],
    },
  )
  const { node, run, clock, points, peers, network } = stand
  const rowOf = async () =>
    (await stand.rowsOf('channels')).find(({ channel_point }) => channel_point === points.ours)
  await run(node.start())
  await clock.advance(5000)
  shown.closed = {
    channelPoint: points.ours,
    peer: peers[0].publicKey,
    capacityMsat: 2_000_000_000n,
    closeType: 'cooperative',
    openedBy: 'us',
    closedBy: 'peer',
    settledMsat: 1_500_000_000n,
  }
  await clock.advance(60_000)
  expect(await rowOf()).toMatchObject({
    state: 'closed',
    close_type: 'cooperative',
    closed_by: 'peer',
    attribution: { cause: 'while-away' },
  })

  shown.closed = undefined
  await clock.advance(60_000)
  expect(await rowOf()).toMatchObject({
    state: 'active',
    close_type: null,
    closed_by: null,
    attribution: null,
    closed_at: null,
  })
  const active = (await stand.events()).findLast(({ type }) => type === 'channel.active')
  expect(active!.data).toMatchObject({ channel: { closeType: null, attribution: null } })

  await clock.advance(settlePeriod * 2000)
  peers[0].closeChannel(points.ours, { kind: 'force' })
  network.mine(6)
  await clock.advance(60_000)
  network.mine(2000)
  await clock.advance(60_000)
  expect(await rowOf()).toMatchObject({
    close_type: expect.stringContaining('force'),
    attribution: { cause: 'unprovoked' },
  })
  expect(await stand.told(points.ours)).toContain('peer.blacklisted')
})

test('whether a channel is private is known when it is open', async () => {
  const stand = openStand()
  const { node, run, clock, network, lnd } = stand
  const third = network.addNode('third')
  await run(node.start())
  await clock.advance(5000)
  const point = lnd.openChannel(third, { capacitySat: 500_000n, isPrivate: true })
  const rowOf = async () =>
    (await stand.rowsOf('channels')).find(({ channel_point }) => channel_point === point)
  await clock.advance(40_000)
  expect(await rowOf()).toMatchObject({ state: 'opening' })
  network.mine(6)
  await clock.advance(40_000)
  expect(await rowOf()).toMatchObject({ state: 'active', is_private: true })
  // Lists of closing channels do not say it.
  lnd.closeChannel(point)
  await clock.advance(10_000)
  expect(await rowOf()).toMatchObject({ state: 'closing', is_private: true })
})
