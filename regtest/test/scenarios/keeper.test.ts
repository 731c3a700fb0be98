import { peerList } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import type { RegtestNode } from '../../node-controls.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

const capacitySat = 200_000
/** Best first; the first three belong to everybody, the others are this file's own. */
const peers: RegtestNode[] = [network.node('alice'), network.node('bob'), network.node('carol')]
for (const alias of ['dana', 'emil', 'fritz', 'greta', 'hugo']) {
  peers.push(await network.addNode({ alias }))
}
const keeper = await network.addNode({ alias: 'keeper' })
await keeper.fund(3_000_000)

const permissions = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
const macaroon = await keeper.bakeMacaroon(
  permissions.map((permission) => permission.replace(/^uri:/, '')),
  77,
)
const shop = await openShop(
  keeper,
  {
    channelSources: [
      peerList(
        peers.map(({ publicKey, details }) => ({
          publicKey,
          address: details.peerAddress,
          alias: details.alias,
        })),
      ),
    ],
    channels: {
      mode: 'act',
      minimumActive: 5,
      capacity: `${capacitySat} sat`,
      settlePeriod: '1s',
      maximumFeerate: 1000,
      budgetPerMonth: '1000000 sat',
    },
  },
  { macaroon: { hex: macaroon } },
)
afterAll(() => shop.remove())

/**
 * Blocks come while a channel waits for them, one by one as on a real chain; or always, for what LND
 * does not show: a channel that its peer closed by force is listed as active until a block says otherwise.
 */
async function mineUntil(
  awaited: string,
  condition: () => Promise<boolean>,
  { always = false } = {},
): Promise<void> {
  await waitUntil(
    awaited,
    async () => {
      if (await condition()) return true
      const list = await shop.node.channels.list()
      if (always || list.some(({ state }) => state === 'opening' || state === 'closing')) {
        await network.mine(1)
      }
      return false
    },
    { deadlineMilliseconds: 240_000, intervalMilliseconds: 1000 },
  )
}

async function activePeers({ node }: Shop): Promise<string[]> {
  const list = await node.channels.list()
  return list.filter(({ state }) => state === 'active').map(({ peer }) => peer)
}

const aliasOf = (publicKey: string): string =>
  peers.find((peer) => peer.publicKey === publicKey)?.details.alias ?? publicKey

async function activeAliases(): Promise<string[]> {
  return (await activePeers(shop)).map(aliasOf).sort()
}

async function channelTo(alias: string): Promise<string> {
  const list = await shop.node.channels.list()
  return list.find(({ peer, state }) => aliasOf(peer) === alias && state === 'active')!.channelPoint
}

test('a node with coins opens channels to the first five of its list, one after the other', async () => {
  await shop.node.start()
  await mineUntil('five active channels', async () => (await activePeers(shop)).length === 5)
  expect(await activeAliases()).toEqual(['alice', 'bob', 'carol', 'dana', 'emil'])

  const { items: openings } = await shop.node.channels.openings()
  await waitUntil('the last opening to end', async () => {
    const { items } = await shop.node.channels.openings()
    return items.length === 5 && items.every(({ state }) => state === 'open')
  })
  // Channels equal intents, by LND's own word.
  const ofLnd = await keeper.listChannels()
  expect(ofLnd.map(({ memo }) => memo).sort()).toEqual(
    openings.map(({ id }) => `payment-node/${id}`).sort(),
  )
  // What they cost is what LND says it paid.
  const { transactions } = await keeper.rpc<{ transactions: { total_fees: string }[] }>(
    'lnrpc.Lightning',
    'GetTransactions',
  )
  const fees = transactions.reduce((sum, { total_fees }) => sum + BigInt(total_fees), 0n)
  const { items } = await shop.node.channels.openings()
  const booked = items.reduce((sum, { fee }) => sum + (fee?.msat ?? 0n), 0n)
  expect(booked).toBe(fees * 1000n)
  const { budget, active, verdict } = await shop.node.keeper.status()
  expect({ used: budget.used.msat, active, verdict }).toEqual({
    used: booked,
    active: 5,
    verdict: 'enough',
  })
  expect((await shop.node.ledger.balances()).sum.msat).toBe(0n)
})

test('a peer closes cooperatively, another one by force: both are left alone for good, and replaced', async () => {
  const [alice, bob] = peers as [RegtestNode, RegtestNode]
  const points = [await channelTo('alice'), await channelTo('bob')] as const
  await alice.closeChannel(points[0])
  await bob.closeChannel(points[1], true)
  await mineUntil(
    'two new channels',
    async () => {
      const active = (await shop.node.channels.list()).filter(({ state }) => state === 'active')
      const isClosed = !active.some(({ channelPoint }) => points.includes(channelPoint))
      return isClosed && active.length === 5
    },
    { always: true },
  )
  expect(await activeAliases()).toEqual(['carol', 'dana', 'emil', 'fritz', 'greta'])

  const { items: marks } = await shop.node.peers.list()
  expect(
    marks
      .map(({ publicKey, state, reason, until }) => ({
        peer: aliasOf(publicKey),
        state,
        reason,
        until,
      }))
      .sort((a, b) => (a.peer < b.peer ? -1 : 1)),
  ).toEqual([
    { peer: 'alice', state: 'blacklisted', reason: 'unprovoked', until: null },
    { peer: 'bob', state: 'blacklisted', reason: 'unprovoked', until: null },
  ])
  const events = (await shop.events()).filter(({ type }) => type === 'peer.blacklisted')
  expect(events).toHaveLength(2)
})

test("the operator's close is left alone: not fought, not replaced", async () => {
  const point = await channelTo('carol')
  await shop.node.channels.close(point, { reason: 'rearranging' })
  await mineUntil('the close to be told', async () => {
    const { items } = await shop.node.peers.list()
    return items.some(({ state }) => state === 'closed-by-operator')
  })
  await waitUntil('the keeper to be content', async () => {
    const { verdict, wanted, active } = await shop.node.keeper.status()
    return verdict === 'enough' && wanted === 4 && active === 4
  })
  expect(await activeAliases()).toEqual(['dana', 'emil', 'fritz', 'greta'])
  const { items } = await shop.node.channels.openings()
  expect(items).toHaveLength(7)
})
