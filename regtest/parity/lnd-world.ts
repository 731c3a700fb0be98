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
  const parties = { tested, peer, payee }
  await tested.unlock()
  await tested.fund(100_000_000n, 5)
  const [firstChannel] = await network.openChannels([
    { from: 'tested', to: 'peer', capacitySat: 10_000_000n, pushSat: 5_000_000n },
    { from: 'peer', to: 'payee', capacitySat: 10_000_000n, pushSat: 5_000_000n },
  ])
  const permissions = macaroonPermissions().map((permission) => permission.replace(/^uri:/, ''))
  const node = lnd({
    address: tested.details.rpcAddress,
    certificate: { path: tested.details.certificatePath },
    macaroon: { hex: await tested.bakeMacaroon(permissions, 77) },
  })

  const routable = new Set<string>()

  return {
    kind: 'lnd',
    node,
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
    openChannel: (opener, { capacitySat, pushSat, isPrivate, satPerVbyte }) =>
      parties[opener].openChannel(opener === 'tested' ? peer : tested, capacitySat, pushSat, {
        private: isPrivate,
        sat_per_vbyte: satPerVbyte,
      }),
    async closeChannel(closer, channelPoint, isForce) {
      await parties[closer].closeChannel(channelPoint, isForce)
    },
    async remove() {
      await node.close()
      await network.remove()
      await feerates.close()
    },
  }
}

interface Policies {
  readonly node1_policy: unknown
  readonly node2_policy: unknown
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
    // Once known is enough: a closed channel leaves the graph before it leaves the list.
    const known = `${channel.channel_point} ${isAnnounced}`
    if (!channel.active || routable.has(known)) continue
    for (const node of isAnnounced ? [tested, peer, payee] : [tested, peer]) {
      await node.waitFor(`both policies of channel ${channel.channel_point}`, async () => {
        const request = { chan_id: channel.chan_id }
        const edge = await node.rpc<Policies>('lnrpc.Lightning', 'GetChanInfo', request)
        return edge.node1_policy !== null && edge.node2_policy !== null
      })
    }
    routable.add(known)
  }
}
