import type { PeerEntry } from '@payment-node/core'
import { createSimulatedNetwork, type SimulatedNode } from '@payment-node/testkit'
import type { StoryClock } from './story-clock.ts'

/** The Lightning network of the story. */
export interface World {
  /** The shop's own LND. It begins with some coins and without a channel. */
  readonly lnd: SimulatedNode
  readonly customers: Readonly<Record<'anna' | 'ben' | 'carla', SimulatedNode>>
  /** Wallets that the partners are paid to; nothing leads to `island`. */
  readonly wallets: Readonly<Record<'bakery' | 'farm' | 'bikes' | 'island', SimulatedNode>>
  /** Whom the shop may open channels to; `granite` takes only large ones, `cliff` cannot be reached. */
  readonly hubs: Readonly<
    Record<'north' | 'granite' | 'cliff' | 'south' | 'harbor' | 'ridge', SimulatedNode>
  >
  /** The shop's curated list: the hubs, best first. */
  readonly peers: readonly PeerEntry[]
  mine(blocks: number): void
  /** Somebody outside pays an address; it waits for a block. */
  payOnChain(address: string, amountSat: bigint): void
  /** What the next block asks, in sat/vB. */
  setFeerate(satPerVbyte: number): void
}

/** What hubs ask for forwarding. */
export const hubPolicy = { baseFeeMsat: 1000n, feeRatePpm: 250 } as const

/**
 * Ben has a channel with one hub, Carla with two; the partners' wallets are behind the hubs. Nobody has a
 * channel with the shop yet.
 */
export function buildWorld(clock: StoryClock): World {
  const network = createSimulatedNetwork({ clock, seed: 'a day' })
  const node = (alias: string): SimulatedNode => network.addNode(alias)
  const lnd = node('shop')
  const hubs = {
    north: node('north'),
    granite: node('granite'),
    cliff: node('cliff'),
    south: node('south'),
    harbor: node('harbor'),
    ridge: node('ridge'),
  }
  const customers = { anna: node('anna'), ben: node('ben'), carla: node('carla') }
  const wallets = {
    bakery: node('bakery'),
    farm: node('farm'),
    bikes: node('bikes'),
    island: node('island'),
  }
  const open = (from: SimulatedNode, to: SimulatedNode, capacitySat: bigint): void => {
    network.establishChannel({ from, to, capacitySat, policy: hubPolicy })
  }
  const { north, granite, cliff, south, harbor, ridge } = hubs
  open(customers.ben, north, 4_000_000n)
  open(customers.carla, north, 4_000_000n)
  open(customers.carla, south, 4_000_000n)
  open(north, wallets.bakery, 2_000_000n)
  open(south, wallets.farm, 2_000_000n)
  open(north, wallets.bikes, 3_000_000n)
  open(south, wallets.bikes, 3_000_000n)
  open(harbor, wallets.bikes, 3_000_000n)
  open(ridge, wallets.bikes, 3_000_000n)
  granite.setConduct({ minimumChannelSat: 5_000_000n })
  cliff.setReachable(false)
  lnd.fund(400_000n)
  network.setFeerate(7)
  return {
    lnd,
    customers,
    wallets,
    hubs,
    peers: Object.values(hubs).map(({ publicKey, address, alias }) => ({
      publicKey,
      address,
      alias,
    })),
    mine: network.mine,
    payOnChain: network.payOnChain,
    setFeerate: network.setFeerate,
  }
}
