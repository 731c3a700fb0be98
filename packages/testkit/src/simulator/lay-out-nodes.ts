import type { SimulatedNetwork } from '../network/simulated-network.ts'
import type { NodeOptions, SimulatedNode } from '../network/simulated-node.ts'
import type { World } from './world.ts'
import type { WorldClock } from './world-clock.ts'

/** The nodes of a world, and the channels between them. */
export type LaidOut = Pick<World, 'shop' | 'peers' | 'channels' | 'listed'>

/** Names of the peers that the keeper knows, best first. */
const listedNames = ['north', 'east', 'south', 'west'] as const

/** Makes the nodes, with channels that were open before the run began. */
export function layOutNodes(
  network: SimulatedNetwork<WorldClock>,
  lnd: NodeOptions | undefined,
  hasKeeper: boolean,
  paysOnChain: boolean,
): LaidOut {
  const shop = network.addNode('shop', lnd)
  const peers = {
    payer: network.addNode('payer'),
    hub: network.addNode('hub'),
    payee: network.addNode('payee'),
    hostile: network.addNode('hostile'),
    island: network.addNode('island'),
  }
  const capacitySat = 10_000_000n
  const half = { capacitySat, pushSat: capacitySat / 2n }
  const channels = {
    payer: network.establishChannel({ from: peers.payer, to: shop, capacitySat }),
    hub: network.establishChannel({ from: shop, to: peers.hub, ...half }),
    payee: network.establishChannel({ from: peers.hub, to: peers.payee, ...half }),
    hostile: network.establishChannel({ from: shop, to: peers.hostile, ...half }),
  }
  const listed: SimulatedNode[] = []
  if (paysOnChain) for (let coin = 0; coin < 8; coin++) shop.fund(600_000n)
  if (hasKeeper) {
    for (let coin = 0; coin < 6; coin++) shop.fund(2_500_000n)
    for (const name of listedNames) listed.push(network.addNode(name))
  }
  return { shop, peers, channels, listed }
}
