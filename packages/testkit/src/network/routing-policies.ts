import { invalid, type RoutingPolicy } from '@payment-node/core'
import { type Channel, type Side, sideOf } from './channel.ts'
import { refused } from './node-errors.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** What the node asks for each of its open channels that the graph knows. */
export function listPolicies(simulation: Simulation, node: NodeState): RoutingPolicy[] {
  const listed: RoutingPolicy[] = []
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side === undefined || channel.views[side].list !== 'open') continue
    if (!isInOwnGraph(simulation, channel)) continue
    const { baseFeeMsat, feeRatePpm, timeLockDeltaBlocks } = channel.policies[side]
    const { channelPoint } = channel
    listed.push({ channelPoint, baseFeeMsat, feeRatePpm, timeLockDeltaBlocks })
  }
  return listed
}

/** UpdateChannelPolicy for one channel: path finding uses the new values at once. */
export function writePolicy(simulation: Simulation, node: NodeState, policy: RoutingPolicy): void {
  const { channelPoint, baseFeeMsat, feeRatePpm, timeLockDeltaBlocks } = policy
  checkTimeLock(policy)
  const channel = simulation.channels.get(channelPoint)
  const side = channel && sideOf(channel, node)
  if (!channel || side === undefined) {
    throw refused('writePolicy', 'channel-not-found', 'not found')
  }
  checkState(simulation, channel, side)
  const { minimumMsat } = channel.policies[side]
  channel.policies[side] = { baseFeeMsat, feeRatePpm, timeLockDeltaBlocks, minimumMsat }
}

/** What no node is asked for: LND's fields have 32 and 16 bits. */
export function checkPolicy(policy: RoutingPolicy): void {
  const { baseFeeMsat, feeRatePpm, timeLockDeltaBlocks } = policy
  if (baseFeeMsat < 0n || baseFeeMsat >= 2n ** 32n) {
    throw invalid('baseFeeMsat', 'out-of-range', 'must be 0n to 4294967295n')
  }
  if (!Number.isInteger(feeRatePpm) || feeRatePpm < 0 || feeRatePpm >= 2 ** 32) {
    throw invalid('feeRatePpm', 'out-of-range', 'must be a whole number, 0 to 4294967295')
  }
  if (
    !Number.isInteger(timeLockDeltaBlocks) ||
    timeLockDeltaBlocks < 1 ||
    timeLockDeltaBlocks >= 2 ** 16
  ) {
    throw invalid('timeLockDeltaBlocks', 'out-of-range', 'must be a whole number, 1 to 65535')
  }
}

function checkTimeLock({ timeLockDeltaBlocks }: RoutingPolicy): void {
  // LND's bounds: 24 (18 before 0.21: its final hop) to 2016 (its longest route).
  if (timeLockDeltaBlocks < 24 || timeLockDeltaBlocks > 2016) {
    throw refused('writePolicy', 'other', `time lock delta of ${timeLockDeltaBlocks}`)
  }
}

/** Also a private one; from its first active moment to the block that spends it. */
function isInOwnGraph({ clock }: Simulation, channel: Channel): boolean {
  const isSpent = channel.closing?.transaction?.confirmedAt !== undefined
  return channel.knownFrom <= clock.monotonic() && !isSpent
}

/** LND changes what its graph has, also of a channel that closes; of the rest it says why not. */
function checkState(simulation: Simulation, channel: Channel, side: Side): void {
  const { list } = channel.views[side]
  if (list === 'opening') throw refused('writePolicy', 'channel-state', 'not yet confirmed')
  if (list !== 'open' && list !== 'closing') {
    throw refused('writePolicy', 'channel-not-found', 'not found')
  }
  if (!isInOwnGraph(simulation, channel)) {
    throw refused('writePolicy', 'other', 'could not update policies')
  }
}
