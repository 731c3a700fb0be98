import type { LightningNode } from '@payment-node/core'
import { lnd, macaroonPermissions } from '@payment-node/lnd-adapter'
import { startNetwork } from '../network.ts'
import type { RegtestNode } from '../node-controls.ts'
import type { RunningNode } from '../start-node.ts'
import { waitUntil } from '../wait-until.ts'
import { counterpartyLnd } from './counterparty-lnd.ts'
import { serveFeerate } from './serve-feerate.ts'
import type { World } from './world.ts'

/** Three LNDs on a chain of their own, since operations mine, stop and force-close. */
export async function startLndWorld(): Promise<World> {
  const feerates = await serveFeerate()
  const flags = [
    // What the harness changes for speed, back to LND's own defaults.
    '--bitcoin.defaultchanconfs=0',
    '--maxpendingchannels=1',
    `--fee.url=${feerates.url}`,
  ]
  const network = await startNetwork({
    nodes: [
      { alias: 'tested', password: 'long enough', flags },
      { alias: 'peer', flags },
      { alias: 'payee', flags },
    ],
    report: () => {},
  })
  const [tested, peer, payee] = ['tested', 'peer', 'payee'].map((alias) => network.node(alias))
  if (!tested || !peer || !payee) throw new Error('unreachable')
  await tested.unlock()
  await tested.fund(100_000_000n, 5)
  const [firstChannel] = await network.openChannels([
    { from: 'tested', to: 'peer', capacitySat: 10_000_000n, pushSat: 5_000_000n },
    { from: 'peer', to: 'payee', capacitySat: 10_000_000n, pushSat: 1_000_000n },
  ])
  const ports = {
    tested: await adapterOf(tested),
    peer: await adapterOf(peer),
    payee: await adapterOf(payee),
  }
  const routable = new Set<string>()

  return {
    kind: 'lnd',
    node: ports.tested,
    ports,
    publicKeys: { tested: tested.publicKey, peer: peer.publicKey, payee: payee.publicKey },
    addresses: {
      tested: tested.details.peerAddress,
      peer: peer.details.peerAddress,
      payee: payee.details.peerAddress,
    },
    counterparties: { peer: counterpartyLnd(peer), payee: counterpartyLnd(payee) },
    baseHeight: await network.chain.height(),
    firstChannel: firstChannel as string,
    mine: (blocks) => network.mine(blocks),
    calm: () => waitUntilRoutable(tested, peer, payee, routable),
    passTime: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    async waitFor(awaited, condition) {
      await waitUntil(awaited, condition)
    },
    stop: () => tested.stop(),
    startLocked: () => tested.start(),
    async unlock() {
      await tested.unlock()
      await tested.waitUntilSynced()
    },
    async remove() {
      await Promise.all(Object.values(ports).map((port) => port.close()))
      await network.remove()
      await feerates.close()
    },
  }
}

/** With every right that the adapter has a use for. */
async function adapterOf(node: RegtestNode): Promise<LightningNode> {
  const permissions = macaroonPermissions().map((permission) => permission.replace(/^uri:/, ''))
  return lnd({
    address: node.details.rpcAddress,
    certificate: { path: node.details.certificatePath },
    macaroon: { hex: await node.bakeMacaroon(permissions, 77) },
  })
}

interface Policy {
  readonly fee_base_msat: string
  readonly fee_rate_milli_msat: string
  readonly time_lock_delta: number
}

interface Edge {
  readonly node1_policy: Policy | null
  readonly node2_policy: Policy | null
}

/** "Active" comes before the graphs know a channel: both ends, and others when it is announced. */
async function waitUntilRoutable(
  tested: RunningNode,
  peer: RegtestNode,
  payee: RegtestNode,
  routable: Set<string>,
): Promise<void> {
  if (!tested.isRunning() || (await tested.state()) !== 'SERVER_ACTIVE') return
  const height = await tested.chain.height()
  for (const channel of await tested.listChannels()) {
    const openedAt = Number(BigInt(channel.chan_id) >> 40n)
    const isAnnounced = !channel.private && height >= openedAt + 5
    const name = `${channel.channel_point} ${isAnnounced ? 'announced' : ''}`
    const asked = await policiesOf(tested, channel)
    // A closed channel leaves the graph before it leaves the list.
    const isGone = asked === undefined && routable.has(name)
    if (!channel.active || isGone || routable.has(`${name} ${asked}`)) continue
    const other = channel.remote_pubkey === peer.publicKey ? peer : payee
    const wanted = await tested.waitFor(`policies of ${channel.channel_point}`, () =>
      policiesOf(tested, channel),
    )
    for (const node of isAnnounced ? [peer, payee] : [other]) {
      await node.waitFor(`policies of ${channel.channel_point}`, async () => {
        return (await policiesOf(node, channel)) === wanted
      })
    }
    routable.add(name).add(`${name} ${wanted}`)
  }
}

/** What both ends ask, as the node's graph knows it; undefined when it does not. */
async function policiesOf(
  node: RegtestNode,
  { chan_id }: { readonly chan_id: string },
): Promise<string | undefined> {
  const edge = await node
    .rpc<Edge>('lnrpc.Lightning', 'GetChanInfo', { chan_id })
    .catch(() => undefined)
  const policies = [edge?.node1_policy, edge?.node2_policy]
  if (policies.some((policy) => !policy)) return undefined
  return policies
    .map((one) => [one!.fee_base_msat, one!.fee_rate_milli_msat, one!.time_lock_delta].join())
    .join(' ')
}
