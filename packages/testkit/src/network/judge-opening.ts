import { type Channel, sideOf } from './channel.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { ChannelOpening } from './open-channel.ts'
import type { Simulation } from './simulation.ts'

/** Blocks after which an end that did not open forgets a channel without confirmed funding (LND: two weeks). */
export const fundingPatienceBlocks = 2016

/** What the peer says to an opening; its refusals come to the opener in its words. */
export function judgeOpening(
  simulation: Simulation,
  node: NodeState,
  peer: NodeState,
  { capacitySat }: ChannelOpening,
): void {
  const refuse = (reason: string, says: string): never => {
    throw refused('openChannel', reason, `received funding error from ${peer.alias}: ${says}`)
  }
  const { conduct } = peer
  if (conduct.refusesChannels !== undefined) refuse('peer-refused', conduct.refusesChannels)
  if (countPending(simulation, node, peer) > 0) {
    refuse('too-many-pending', 'number of pending channels exceeds the maximum')
  }
  if (!peer.isSynced) refuse('peer-refused', 'Synchronizing blockchain')
  const { minimumChannelSat = 20_000n, maximumChannelSat = 16_777_215n } = conduct
  if (capacitySat > maximumChannelSat) {
    refuse('too-large', `channel of ${capacitySat} sat is above ${maximumChannelSat} sat`)
  }
  if (capacitySat < minimumChannelSat) {
    refuse('too-small', `channel of ${capacitySat} sat is below ${minimumChannelSat} sat`)
  }
}

/** Unconfirmed channels of the two that `peer` knows of, also those that `node` does not know. */
function countPending(simulation: Simulation, node: NodeState, peer: NodeState): number {
  const isPending = (channel: Channel): boolean => {
    const side = sideOf(channel, peer)
    if (side === undefined || sideOf(channel, node) === undefined) return false
    return channel.views[side].list === 'opening'
  }
  const oldest = peer.height - fundingPatienceBlocks
  const orphans = peer.orphans.filter((one) => one.opener === node && one.height > oldest)
  return [...simulation.channels.values()].filter(isPending).length + orphans.length
}
