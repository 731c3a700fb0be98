import { releaseExpiringHolds } from './accept-htlc.ts'
import { sideOf } from './channel.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** What a node does with a block that is new to it. */
export function processBlock(simulation: Simulation, node: NodeState, height: number): void {
  node.height = height
  releaseExpiringHolds(node)
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side === undefined || channel.views[side].list === 'closed') continue
    channel.changed.fire()
  }
}
