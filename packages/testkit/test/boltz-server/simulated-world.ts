import { address as readAddress, type Transaction } from 'bitcoinjs-lib'
import {
  type BoltzFault,
  type BoltzServer,
  type BoltzSettings,
  createBoltzFaults,
  createBoltzServer,
  createMusigSigner,
  simulatedChain,
  simulatedLightning,
} from '../../src/boltz-server/index.ts'
import { createSeededRandom } from '../../src/network/seeded-random.ts'
import {
  createSimulatedNetwork,
  type SimulatedNetwork,
} from '../../src/network/simulated-network.ts'
import type { SimulatedNode } from '../../src/network/simulated-node.ts'
import type { VirtualClock } from '../../src/network/virtual-clock.ts'
import { type Ask, type ClientSwap, createSwap } from './small-client.ts'

/** A client's node with a channel to the server's, in virtual time. */
export interface World {
  readonly network: SimulatedNetwork<VirtualClock>
  readonly clock: VirtualClock
  readonly server: BoltzServer
  readonly client: SimulatedNode
  readonly serverNode: SimulatedNode
  readonly ask: Ask
  /** A new swap of 100,000 sat. */
  create(fields?: object): Promise<ClientSwap>
  /** Pays the swap's invoice and waits until the server has done what it does then. */
  pay(swap: ClientSwap): Promise<void>
  /** Mines, and waits until the server has seen it. */
  mine(blocks?: number): Promise<void>
  /** Lets everything happen that needs no time to speak of. */
  settle(): Promise<void>
  /** A script of the client's wallet. */
  destination(): Promise<Uint8Array>
  /** The client's node publishes. */
  publish(transaction: Transaction): Promise<void>
  /** What the client has, on both sides, in sat. */
  clientSat(): Promise<bigint>
}

export function createWorld(
  faults: readonly BoltzFault[] = [],
  settings?: Partial<BoltzSettings>,
): World {
  const network = createSimulatedNetwork({ seed: 7 })
  const { clock } = network
  const [client, serverNode] = [network.addNode('client'), network.addNode('server')]
  network.establishChannel({ from: client, to: serverNode, capacitySat: 5_000_000n })
  const random = createSeededRandom('server')
  const server = createBoltzServer({
    lightning: simulatedLightning(serverNode),
    clientLightning: simulatedLightning(client),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
    clock,
    random: (bytes) => random.bytes(bytes),
    faults: createBoltzFaults(...faults),
    ...(settings && { settings }),
  })
  const settle = (): Promise<void> => clock.advance(1000)
  return {
    network,
    clock,
    server,
    client,
    serverNode,
    settle,
    ask: (request) => server.handle(request),
    create: (fields) => createSwap((request) => server.handle(request), 100_000, fields),
    async pay(swap) {
      void client.pay(swap.told.invoice).catch(() => {})
      await settle()
      await server.tendAll()
    },
    async mine(blocks = 1) {
      network.mine(blocks)
      await settle()
      await server.tendAll()
    },
    async destination() {
      const address = await clock.run(client.lightning.onchain!.newAddress('taproot'))
      return Buffer.concat([Buffer.from([0x51, 32]), readAddress.fromBech32(address).data])
    },
    async publish(transaction) {
      await clock.run(client.lightning.onchain!.publish(transaction.toBuffer(), 'claim'))
    },
    async clientSat() {
      const unspent = await clock.run(client.lightning.onchain!.unspent())
      const channels = await clock.run(client.lightning.listChannels())
      return (
        unspent.reduce((sum, { amountSat }) => sum + amountSat, 0n) +
        channels.reduce((sum, { localMsat }) => sum + localMsat, 0n) / 1000n
      )
    },
  }
}
