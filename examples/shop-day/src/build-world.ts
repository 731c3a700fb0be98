import { createSimulatedNetwork, type SimulatedNode } from '@payment-node/testkit'
import type { StoryClock } from './story-clock.ts'

/** The Lightning network of the story. */
export interface World {
  /** The shop's own LND. */
  readonly lnd: SimulatedNode
  readonly customers: Readonly<Record<'anna' | 'ben' | 'carla', SimulatedNode>>
  /** Wallets that the partners are paid to; nothing leads to `island`. */
  readonly wallets: Readonly<Record<'bakery' | 'farm' | 'bikes' | 'island', SimulatedNode>>
  mine(blocks: number): void
}

/**
 * Anna has a channel with the shop; Ben reaches it through one hub, Carla through two. The partners'
 * wallets are behind the hubs.
 */
export function buildWorld(clock: StoryClock): World {
  const network = createSimulatedNetwork({ clock, seed: 'a day' })
  const node = (alias: string): SimulatedNode => network.addNode(alias)
  const [lnd, north, south] = [node('shop'), node('north'), node('south')]
  const customers = { anna: node('anna'), ben: node('ben'), carla: node('carla') }
  const wallets = {
    bakery: node('bakery'),
    farm: node('farm'),
    bikes: node('bikes'),
    island: node('island'),
  }
  const policy = { baseFeeMsat: 1000n, feeRatePpm: 250 }
  const open = (from: SimulatedNode, to: SimulatedNode, capacitySat: bigint): void => {
    network.establishChannel({ from, to, capacitySat, policy })
  }
  open(customers.anna, lnd, 1_000_000n)
  open(north, lnd, 3_000_000n)
  open(south, lnd, 3_000_000n)
  open(lnd, north, 2_000_000n)
  open(customers.ben, north, 4_000_000n)
  open(customers.carla, north, 4_000_000n)
  open(customers.carla, south, 4_000_000n)
  open(north, wallets.bakery, 2_000_000n)
  open(south, wallets.farm, 2_000_000n)
  open(north, wallets.bikes, 3_000_000n)
  open(south, wallets.bikes, 3_000_000n)
  return { lnd, customers, wallets, mine: network.mine }
}
