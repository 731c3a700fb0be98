import {
  type ChannelClosing,
  cheapestLever,
  type LiquidityRun,
  type LiquiditySnapshot,
  type RunAction,
} from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { Transaction } from 'bitcoinjs-lib'
import { afterAll, expect, test } from 'vitest'
import { createSpendings } from '../../boltz-server/find-spending.ts'
import type { RegtestNode } from '../../node-controls.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import type { KillPoint } from '../programs/mortal.ts'
import { openAutopilot } from './autopilot-lives.ts'

const network = sharedNetwork()
afterAll(() => network.remove())
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((alias) => network.node(alias))
const capacitySat = 1_000_000
/** What an idle peer keeps in its channel: no more than its reserve and a little. */
const remoteSat = 15_000
const idlePeers = [bob!, carol!]
const client = await network.addNode({ alias: 'autopilot-closes' })
await client.fund(10_000_000, 4)

/** Where the process dies, one life after the other. */
const deaths: readonly KillPoint[] = [
  { call: 'store decision', phase: 'answered', time: 1 },
  { call: 'store close_intents', phase: 'answered', time: 1 },
  // LND has begun to close, and nobody has seen its answer.
  { call: 'close', phase: 'answered', time: 1 },
]

async function openTo(peer: RegtestNode, capacitySat: number, pushSat: number): Promise<string> {
  await client.connect(peer)
  const point = await client.openChannel(peer, capacitySat, pushSat)
  await network.mine(6)
  await Promise.all([client, peer].map((end) => end.waitUntilChannelActive(point)))
  return point
}

/** What LND's wallet has, in sat. */
async function walletSat(): Promise<bigint> {
  return BigInt((await client.walletBalance()).confirmed_balance)
}

interface Closed {
  readonly channel_point: string
  readonly closing_tx_hash: string
  readonly close_type: string
  readonly settled_balance: string
}

test('nobody swaps, and two channels lie idle: the autopilot closes them in agreement, one at a time and each once, also when it is killed on the way', async () => {
  // Half of it can be received; it is nobody's to close.
  const observed = await openTo(alice!, 2_000_000, 1_000_000)
  const points: string[] = []
  for (const peer of idlePeers) points.push(await openTo(peer, capacitySat, 900_000))
  const macaroon = await client.bakeMacaroon(
    macaroonPermissions(['receive', 'pay', 'channels', 'onchain', 'swaps']).map((permission) =>
      permission.replace(/^uri:/, ''),
    ),
    88_200,
  )
  let seen: LiquiditySnapshot | undefined
  const { shop: watching, ...autopilot } = await openAutopilot(
    network,
    {
      lnd: client,
      macaroon,
      swapKey: '5a'.repeat(15) + '0b'.repeat(17),
      feerate: 2,
      // A quarter can be received; a half when both are closed.
      liquidity: {
        settlePeriod: '0s',
        every: '1s',
        drainAtOnce: false,
        lowInbound: 450_000,
        hysteresis: 20_000,
        outboundShare: 300_000,
      },
    },
    {
      policy: (snapshot, settings) => {
        seen = snapshot
        return cheapestLever(snapshot, settings)
      },
    },
  )
  let { node } = watching
  await node.start()
  for (const point of points) {
    await waitUntil('the channel in the books', () => node.channels.adopt(point, 'ours'))
  }
  const isDrained = (point: string): boolean => {
    const channel = seen?.channels.find(({ channelPoint }) => channelPoint === point)
    return channel?.ownership === 'ours' && !channel.isNew
  }
  await waitUntil('both to be known as drained', () => points.every(isDrained))
  // Everything comes to our side.
  await node.partners.upsert({ id: 'merchant' })
  for (const peer of idlePeers) {
    const invoice = await node.invoices.create({
      partner: 'merchant',
      amount: `${900_000 - remoteSat} sat`,
    })
    expect((await peer.pay(invoice.paymentRequest)).status).toBe('SUCCEEDED')
    await node.invoices.waitUntilSettled(invoice.id)
  }
  await waitUntil('the payments to be settled in the channels', async () =>
    (await client.listChannels()).every(({ pending_htlcs }) => pending_htlcs.length === 0),
  )
  await node.stop()
  const before = { wallet: await walletSat(), height: await network.chain.height() }

  await autopilot.die(deaths)
  const shop = autopilot.act()
  ;({ node } = shop)
  await node.start()
  let last: LiquidityRun | null = null
  let closings: readonly ChannelClosing[] = []
  await waitUntil(
    'two closes and enough inbound',
    async () => {
      ;({ last } = await node.liquidity.status())
      ;({ items: closings } = await node.channels.closings())
      const isWaiting = closings.some(({ state }) => state === 'closing')
      if (isWaiting || (await network.chain.mempool()).length > 0) await network.mine(1)
      return (
        closings.length === 2 &&
        closings.every(({ state }) => state === 'closed') &&
        last?.reason === 'enough'
      )
    },
    {
      deadlineMilliseconds: 120_000,
      intervalMilliseconds: 500,
      describe: () => JSON.stringify([closings, last]),
    },
  )
  expect(closings.map(({ channelPoint }) => channelPoint).sort()).toEqual(points.toSorted())

  // LND has closed each of them once, in agreement, and nothing else.
  const { channels: closed } = await client.rpc<{ channels: Closed[] }>(
    'lnrpc.Lightning',
    'ClosedChannels',
  )
  expect(closed).toHaveLength(2)
  const spendings = createSpendings(network.chain)
  let [feesSat, settledSat] = [0n, 0n]
  // One was closed while processes died, the other one afterwards.
  const [first, second] = closings.toSorted((one, other) => one.createdAt - other.createdAt) as [
    ChannelClosing,
    ChannelClosing,
  ]
  for (const closing of [first, second]) {
    const wasKilled = closing === first
    expect(closing).toMatchObject({ reason: null, isForce: false, isReplaced: true, feerate: 2 })
    const listed = closed.find(({ channel_point }) => channel_point === closing.channelPoint)
    expect(listed).toMatchObject({
      close_type: 'COOPERATIVE_CLOSE',
      closing_tx_hash: closing.closingTransaction,
    })
    settledSat += BigInt(listed!.settled_balance)

    // As btcd has taken it into a block, and as another library reads it.
    const spending = await spendings.find(closing.channelPoint, before.height)
    expect(spending).toMatchObject({ transactionId: closing.closingTransaction })
    expect(spending!.blockHeight).toBeDefined()
    const { outs } = Transaction.fromHex(spending!.hex)
    const values = outs.map(({ value }) => value)
    expect(values.toSorted((one, other) => Number(one - other))).toEqual([
      BigInt(remoteSat),
      BigInt(listed!.settled_balance),
    ])
    const feeSat = values.reduce((left, value) => left - value, BigInt(capacitySat))
    feesSat += feeSat

    // The journal names the lever, its reason, and what it does not bring.
    const run = await node.liquidity.explain(closing.decision!)
    expect(run).toMatchObject({ verdict: 'act', reason: 'inbound-low', urgency: 'low' })
    expect(run.says).toMatch(
      /^\d+\.\d % of the node can receive; [\d,]+ sat must leave\. A close raises the share; no more can be received\.$/,
    )
    expect(run.actions).toMatchObject([
      {
        lever: 'close',
        subject: closing.channelPoint,
        // Nobody was there to say what followed.
        outcome: wasKilled ? null : { did: 'close', channelPoint: closing.channelPoint },
      },
    ])
    const [{ receivable, worst }] = run.actions as [RunAction]
    expect(receivable.msat).toBe(0n)
    expect(feeSat * 1000n).toBeLessThanOrEqual(worst.msat)
    expect(run.rejected.map(({ lever, refusal }) => [lever, refusal])).toEqual(
      wasKilled ? [['close', 'not-needed']] : [],
    )
  }

  // One at a time: the other one is not decided before it is done.
  expect(second.createdAt).toBeGreaterThanOrEqual(first.updatedAt)

  // The share has risen; what can be received has not; and the coins are back in the wallet.
  const began = await node.liquidity.explain(first.decision!)
  const now = await node.liquidity.recommend()
  expect(now.inboundShare).toBeGreaterThan(began.inboundShare + 200_000)
  expect(now.receivable.msat).toBeLessThanOrEqual(began.receivable.msat)
  const [left, ...others] = await node.channels.list()
  expect([left!.channelPoint, others]).toEqual([observed, []])
  expect((await client.listChannels()).map(({ channel_point }) => channel_point)).toEqual([
    observed,
  ])
  expect((await walletSat()) - before.wallet).toBe(settledSat)

  // What a close cost is booked once it is six blocks deep, by a worker with its own pace.
  await network.mine(6)
  await waitUntil(
    'both costs in the books',
    async () => (await node.ledger.balances()).world.onchainFees.msat >= feesSat * 1000n,
  )
  const { world, sum } = await node.ledger.balances()
  expect(sum.msat).toBe(0n)
  expect(world.onchainFees.msat).toBe(feesSat * 1000n)
  expect(world.unexplained.msat).toBe(0n)
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  await shop.remove()
}, 300_000)
