import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { afterAll, expect, test } from 'vitest'
import type { RegtestNode } from '../../node-controls.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { openShop, type Shop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

/** What LND has, in sat: the wallet, and our side of open channels with what the opener holds back. */
async function assets(node: RegtestNode): Promise<bigint> {
  const { total_balance } = await node.walletBalance()
  return (await node.listChannels()).reduce(
    (sum, { initiator, capacity, remote_balance, local_balance }) =>
      sum + (initiator ? BigInt(capacity) - BigInt(remote_balance) : BigInt(local_balance)),
    BigInt(total_balance),
  )
}

/** A channel between two nodes, usable at both ends. */
async function openChannel(
  from: RegtestNode,
  to: RegtestNode,
  capacitySat: number,
  pushSat: number,
): Promise<string> {
  await from.connect(to)
  const point = await from.openChannel(to, capacitySat, pushSat)
  await network.mine(6)
  await Promise.all([from, to].map((end) => end.waitUntilChannelActive(point)))
  return point
}

async function operator({ node }: Shop): Promise<bigint> {
  return (await node.ledger.balances()).operator.msat
}

test('what six closes cost, and what routing earned, is what LND has less and more', async () => {
  // Short delays: what is closed by force can be claimed after a few blocks.
  const flags = ['--bitcoin.defaultremotedelay=4']
  const [dave, erin, frank] = await Promise.all(
    ['dave', 'erin', 'frank'].map((alias) => network.addNode({ alias: `costs-${alias}`, flags })),
  )
  for (const node of [dave!, erin!, frank!]) await node.fund(20_000_000, 4)
  const points = {
    ours: await openChannel(dave!, erin!, 1_000_000, 300_000),
    theirs: await openChannel(erin!, dave!, 900_000, 200_000),
    oursByForce: await openChannel(dave!, erin!, 800_000, 300_000),
    theirsByForce: await openChannel(erin!, dave!, 700_000, 300_000),
    oursByTheirForce: await openChannel(dave!, frank!, 600_000, 300_000),
    theirsByTheirForce: await openChannel(frank!, dave!, 500_000, 200_000),
  }
  const roles = macaroonPermissions(['receive', 'pay', 'channels', 'onchain'])
  const hex = await dave!.bakeMacaroon(
    roles.map((permission) => permission.replace(/^uri:/, '')),
    77_001,
  )
  const shop = await openShop(dave!, { channels: { mode: 'observe' } }, { macaroon: { hex } })
  await shop.node.start()
  const before = { assets: await assets(dave!), operator: await operator(shop) }

  // Somebody else's payment over our node.
  const invoice = await frank!.addInvoice({ value_msat: '50000000' })
  const edge = 'both policies of the channels'
  await waitUntil(edge, async () => {
    const routes = await erin!
      .rpc<{ routes: unknown[] }>('lnrpc.Lightning', 'QueryRoutes', {
        pub_key: frank!.publicKey,
        amt: '50000',
      })
      .catch(() => undefined)
    return (routes?.routes.length ?? 0) > 0
  })
  await erin!.pay(invoice.payment_request)
  await waitUntil(
    'the forward in the books',
    async () => {
      return (await shop.node.ledger.balances()).world.routingIncome.msat < 0n
    },
    { deadlineMilliseconds: 90_000 },
  )

  await shop.node.channels.close(points.ours, { reason: 'test' })
  await shop.node.channels.close(points.oursByForce, { reason: 'test', force: true })
  await shop.node.channels.close(points.theirsByForce, { reason: 'test', force: true })
  await erin!.closeChannel(points.theirs)
  await frank!.closeChannel(points.oursByTheirForce, true)
  await frank!.closeChannel(points.theirsByTheirForce, true)
  await waitUntil('three closes of ours', async () => {
    const types = (await shop.events()).map(({ type }) => type)
    return types.filter((type) => type === 'channel.closing').length >= 4
  })
  const closed = async (): Promise<number> =>
    (await shop.events()).filter(({ type }) => type === 'channel.closed').length
  // LND claims a few blocks later, when it finds it worth while.
  await waitUntil(
    'six channels that are gone',
    async () => {
      if ((await closed()) === 6) return true
      await network.mine(1)
      return false
    },
    { deadlineMilliseconds: 150_000, intervalMilliseconds: 700 },
  )
  await network.mine(6)

  const lost = async (): Promise<bigint> => (before.assets - (await assets(dave!))) * 1000n
  await waitUntil(
    'the costs in the books',
    async () => {
      const { world } = await shop.node.ledger.balances()
      return (
        world.onchainFees.msat > 0n &&
        before.operator - (await operator(shop)) >= (await lost()) - 1000n
      )
    },
    { deadlineMilliseconds: 60_000 },
  )
  const { world, sum } = await shop.node.ledger.balances()
  expect(sum.msat).toBe(0n)
  // LND lists whole satoshi; what routing earned has a fraction.
  const difference = before.operator - (await operator(shop)) - (await lost())
  expect(difference > -1000n && difference < 1000n, `${difference} msat`).toBe(true)
  expect(world.onchainFees.msat).toBeGreaterThan(5_000_000n)
  const proof = await shop.node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  const attributions = (await shop.events()).flatMap((event) =>
    event.type === 'channel.closed' ? [event.data.channel] : [],
  )
  const causes = Object.fromEntries(
    attributions.map(({ channelPoint, attribution }) => [channelPoint, attribution?.cause]),
  )
  expect(causes).toEqual({
    [points.ours]: 'requested',
    [points.oursByForce]: 'requested',
    [points.theirsByForce]: 'requested',
    [points.theirs]: 'while-away',
    [points.oursByTheirForce]: 'while-away',
    [points.theirsByTheirForce]: 'while-away',
  })
  await shop.remove()
}, 400_000)
