import { type AnyEvent, type Channel, sat } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop, type Shop } from '../shop.ts'

const told = async ({ run, node }: Shop, point: string): Promise<string[]> =>
  (await run(node.events.after('0')))
    .filter((event): event is Extract<AnyEvent, { data: { channel: Channel } }> =>
      event.type.startsWith('channel.'),
    )
    .filter(({ data }) => data.channel.channelPoint === point)
    .map(({ type }) => type)

test('channels are shown with what they can carry, and the status sums them up', async () => {
  const shop = openShop()
  const { node, run } = shop
  await run(node.start())
  await shop.clock.advance(1000)
  const channels = await run(node.channels.list())
  expect(channels.map(({ peerAlias }) => peerAlias)).toEqual(['payer', 'payee'])
  const [incoming, outgoing] = channels
  expect(incoming).toMatchObject({
    state: 'active',
    peer: shop.payer.publicKey,
    capacity: sat(10_000_000),
    local: sat(2_000_000),
    sendable: sat(1_900_000),
    isInitiator: false,
    isPrivate: false,
    pendingHtlcs: 0,
  })
  expect(outgoing).toMatchObject({ isInitiator: true, receivable: sat(1_900_000) })
  expect((await node.status()).liquidity).toEqual({
    sendable: sat((incoming!.sendable.msat + outgoing!.sendable.msat) / 1000n),
    receivable: sat((incoming!.receivable.msat + outgoing!.receivable.msat) / 1000n),
    channels: 2,
  })
})

test('a peer that goes and comes back is told once each, and its money is not counted meanwhile', async () => {
  const shop = openShop()
  const { node, run, clock } = shop
  await run(node.start())
  await clock.advance(2000)
  const [channel] = await run(node.channels.list())
  shop.payer.stop()
  await clock.advance(5000)
  const [away] = await run(node.channels.list())
  expect(away).toMatchObject({ state: 'inactive', sendable: sat(0), receivable: sat(0) })
  expect(away!.local).toEqual(channel!.local)
  shop.payer.start()
  await clock.advance(5000)
  await clock.advance(120_000)
  expect(await told(shop, channel!.channelPoint)).toEqual([
    'channel.active',
    'channel.inactive',
    'channel.active',
  ])
})

test('payments over a channel are no news, and what is stored follows them', async () => {
  const shop = openShop()
  const { node, run, clock } = shop
  await run(node.start())
  for (let at = 0; at < 5; at++) await shop.sell(1000)
  await clock.advance(40_000)
  const [channel] = await run(node.channels.list())
  expect(await told(shop, channel!.channelPoint)).toEqual(['channel.active'])
  const rows = (await shop.rowsOf(['channels'])).channels!
  const row = rows.find(({ channel_point }) => channel_point === channel!.channelPoint)!
  expect(row).toMatchObject({ local_msat: channel!.local.msat, update_count: channel!.updateCount })
  expect(channel!.updateCount).toBeGreaterThan(0)
})

test('channels from before a restart are not told again', async () => {
  const shop = openShop()
  const { run, clock } = shop
  await run(shop.node.start())
  await clock.advance(2000)
  await run(shop.node.stop())
  const { node } = shop.open()
  await run(node.start())
  await clock.advance(60_000)
  const types = (await run(node.events.after('0'))).map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('channel.'))).toEqual([
    'channel.active',
    'channel.active',
  ])
})
