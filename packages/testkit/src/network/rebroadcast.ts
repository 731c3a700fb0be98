import { offerTransaction } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** At start and with each block LND hands to the network again what it published and no block holds. */
export function rebroadcast({ chain }: Simulation, node: NodeState): void {
  for (const transaction of chain.transactions.values()) {
    if (transaction.publisher === node) offerTransaction(chain, transaction)
  }
}

/** At its start LND publishes the funding of each channel that it did not have open yet, with its own label. */
export function republishFundings({ chain, channels }: Simulation, opener: NodeState): void {
  for (const { ends, funding, views } of channels.values()) {
    if (ends[0] !== opener || views[0].list !== 'opening') continue
    const acceptance = offerTransaction(chain, funding)
    if (acceptance === 'accepted' || acceptance === 'known') funding.labels.delete(opener)
  }
}
