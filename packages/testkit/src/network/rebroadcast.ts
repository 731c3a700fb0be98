import { offerTransaction } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** At start and with each block LND hands to the network again what it published and no block holds. */
export function rebroadcast({ chain }: Simulation, node: NodeState): void {
  for (const transaction of chain.transactions.values()) {
    if (transaction.publisher === node) offerTransaction(chain, transaction)
  }
}
