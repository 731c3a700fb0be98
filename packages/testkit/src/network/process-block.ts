import { releaseExpiringHolds } from './accept-htlc.ts'
import { type Channel, isLinked, type Side, sideOf } from './channel.ts'
import { forceClose } from './close-channel.ts'
import type { NodeState } from './node-state.ts'
import { rebroadcast } from './rebroadcast.ts'
import { reviewClose } from './review-close.ts'
import { reviewOpening } from './review-opening.ts'
import type { Simulation } from './simulation.ts'

/** LND goes to the chain with a preimage this many blocks before the HTLC expires. */
const claimBlocks = 10

/** What a node does with a block that is new to it. */
export function processBlock(simulation: Simulation, node: NodeState, height: number): void {
  node.height = height
  rebroadcast(simulation, node)
  releaseExpiringHolds(node)
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side === undefined || channel.views[side].list === 'closed') continue
    reviewOpening(simulation, node, channel, side)
    if (mustGoToChain(channel, side, height)) {
      forceClose(simulation, channel, side, { kind: 'force' })
    }
    reviewClose(simulation, node, channel, side)
    channel.changed.fire()
  }
}

/** An HTLC that was offered has expired, or one that can be claimed would be lost. */
function mustGoToChain(channel: Channel, side: Side, height: number): boolean {
  if (channel.stage !== 'open' && channel.stage !== 'shutting-down') return false
  for (const htlc of channel.htlcs.values()) {
    if (htlc.offeredBy === side) {
      if (height >= htlc.expiryHeight) return true
    } else if (htlc.isClaimable && !isLinked(channel)) {
      if (height >= htlc.expiryHeight - claimBlocks) return true
    }
  }
  return false
}
