import { inject } from 'vitest'
import { attachNetwork, type Network, type NetworkDetails } from './network.ts'
import { workerNumber } from './worker-number.ts'

/**
 * The network that all test files of a worker share: alice - bob - carol, channels of 10 000 000 sat
 * with half of it on each side.
 *
 * ```ts
 * const network = sharedNetwork()
 * const alice = network.node('alice')
 * afterAll(() => network.remove()) // ends only what this file added
 * const dave = await network.addNode({ alias: 'dave' }) // may be stopped, killed, restarted
 * await network.openChannels([{ from: 'alice', to: 'dave', capacitySat: 1_000_000 }])
 * ```
 *
 * The files of a worker run one after another. The shared nodes cannot be stopped, and a file leaves their channels
 * and roughly their balances as it found them.
 */
export function sharedNetwork(): Network {
  return attachNetwork(inject('networks')[workerNumber - 1] as NetworkDetails)
}
