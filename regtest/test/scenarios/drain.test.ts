import { boltz } from '@payment-node/boltz-plugin'
import { peerList, type Swap } from '@payment-node/core'
import { macaroonPermissions } from '@payment-node/lnd-adapter'
import { Transaction } from 'bitcoinjs-lib'
import { afterAll, expect, test } from 'vitest'
import { createSpendings } from '../../boltz-server/find-spending.ts'
import { startBoltzServer } from '../../boltz-server/index.ts'
import { sharedNetwork } from '../../shared-network.ts'
import { waitUntil } from '../../wait-until.ts'
import { invoiceKey, openShop } from './shop.ts'

const network = sharedNetwork()
afterAll(() => network.remove())

const swapKey = Buffer.from('5a'.repeat(15) + '01'.repeat(17), 'hex')
const roles = ['receive', 'pay', 'channels', 'onchain', 'swaps'] as const

test('the keeper opens a channel; it is drained through a swap server in chunks, together with it and after its death, and the books agree', async () => {
  const shopNode = await network.addNode({ alias: 'drain-shop' })
  const server = await network.addNode({ alias: 'drain-server' })
  for (const node of [shopNode, server]) await node.fund(5_000_000, 4)

  await using swaps = await startBoltzServer({ node: server, clientNode: shopNode })
  const { hostname, port } = new URL(swaps.address.url)
  const provider = boltz({
    url: swaps.address.url,
    name: 'regtest',
    http: { allow: [{ host: hostname, port: Number(port), insecure: true, for: ['swaps'] }] },
  })
  const hex = await shopNode.bakeMacaroon(
    macaroonPermissions(roles).map((permission) => permission.replace(/^uri:/, '')),
    88_002,
  )
  const shop = await openShop(
    shopNode,
    {
      keys: { invoices: invoiceKey, swaps: swapKey },
      swaps: [provider],
      swapping: { inFlightShareOfOutbound: 600_000 },
      fees: {
        source: {
          contractVersion: 1,
          name: 'told',
          feerate: async () => ({ at: Date.now(), satPerVbyte: 2 }),
        },
      },
      liquidity: {
        mode: 'act',
        settlePeriod: '0s',
        every: '2s',
        minimum: '100000 sat',
        ceilingPpm: 40_000,
      },
      channelSources: [
        peerList([
          {
            publicKey: server.publicKey,
            address: server.details.peerAddress,
            alias: server.details.alias,
          },
        ]),
      ],
      channels: {
        mode: 'act',
        minimumActive: 1,
        capacity: '2000000 sat',
        settlePeriod: '1s',
        budgetPerMonth: '1000000 sat',
      },
    },
    { macaroon: { hex } },
  )
  const { node } = shop
  await node.start()

  // Blocks come by themselves: fundings, lockups and claims confirm.
  const mining = setInterval(() => void network.mine(1).catch(() => undefined), 2000)
  let state = ''
  const look = (what: string, isThere: () => Promise<boolean>): Promise<true> =>
    waitUntil(
      what,
      async () => {
        const { items } = await node.swaps.list()
        state = JSON.stringify([(await node.liquidity.status()).last, items], null, 1)
        return isThere()
      },
      { deadlineMilliseconds: 120_000, describe: () => `${state}\n${swaps.errors.join('\n')}` },
    )
  const inState = async (...states: Swap['state'][]): Promise<readonly Swap[]> =>
    (await node.swaps.list()).items.filter((swap) => states.includes(swap.state))
  try {
    await look('the first chunk is claimed', async () => (await inState('claimed')).length === 1)
    // The second one is locked up, and the server is shut down for good: the claim needs nobody.
    await look(
      'a second lockup',
      async () => swaps.swaps().filter(({ lockup }) => lockup).length === 2,
    )
    await swaps.close()
    await look(
      'a claim by script is final, and only the end of its payment is waited for',
      async () => (await inState('claim-published')).some((one) => one.reason === 'payment-open'),
    )
    // Whoever owns the server has its node take the payment, with the preimage that the chain shows.
    const [open] = await inState('claim-published')
    const spending = await createSpendings(network.chain).find(open!.lockup!, 1)
    const [, preimage] = Transaction.fromHex(spending!.hex).ins[0]!.witness
    await server.settleHold(Buffer.from(preimage!))
    await look('the second chunk is claimed', async () => (await inState('claimed')).length === 2)
  } finally {
    clearInterval(mining)
  }
  const { items } = await node.swaps.list()
  expect(items.map(({ source, custody }) => [source, custody])).toEqual([
    ['autopilot', 'self'],
    ['autopilot', 'self'],
  ])
  const paths = items.map(async ({ id }) => {
    const { claims } = await node.swaps.explain(id)
    return claims.find(({ confirmedHeight }) => confirmedHeight !== null)?.path
  })
  expect((await Promise.all(paths)).sort()).toEqual(['cooperative', 'script'])
  const [channel, ...others] = await shopNode.listChannels()
  expect(others).toEqual([])
  const { items: openings } = await node.channels.openings()
  expect(openings).toMatchObject([{ state: 'open', channelPoint: channel!.channel_point }])
  // What stays is the outbound share, and what a last chunk was too small for.
  expect(Number(channel?.local_balance)).toBeLessThan(520_000)
  const { actions, reason } = await node.liquidity.explain(items.at(-1)?.decision ?? '')
  // Nothing could be received before: more urgent than that it is new.
  expect(reason).toBe('inbound-urgent')
  expect(actions[0]?.outcome).toEqual({ did: 'swap', swaps: [items.at(-1)?.id] })

  // LND's wallet has what the swaps say, and the books agree with both.
  const { world, sum } = await node.ledger.balances()
  const costs = items.map((swap) => swap.costs)
  const total = (of: (one: Swap['costs']) => { msat: bigint } | null): bigint =>
    costs.reduce((all, one) => all + (of(one)?.msat ?? 0n), 0n)
  expect(sum.msat).toBe(0n)
  expect(world.swapFees.msat).toBe(total(({ service }) => service))
  const proof = await node.ledger.prove()
  expect(proof.verdict, JSON.stringify(proof)).toBe('proved')
  await shop.remove()
}, 400_000)
