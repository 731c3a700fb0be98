import { type Channel, isLinked, type Side } from './channel.ts'
import { hintChanged, hintClosed } from './channel-hints.ts'
import { closeChannel } from './close-channel.ts'
import { fundingPatienceBlocks } from './judge-opening.ts'
import { killTransaction } from './mempool.ts'
import type { NodeState } from './node-state.ts'
import { inBackground, type Simulation } from './simulation.ts'
import { confirmationsOf } from './wallet.ts'

/** One end looks at an opening channel after a block. */
export function reviewOpening(
  simulation: Simulation,
  node: NodeState,
  channel: Channel,
  side: Side,
): void {
  const view = channel.views[side]
  if (view.list !== 'opening') return
  if (confirmationsOf(channel.funding, node.height) >= channel.confirmationsToOpen) {
    view.list = 'open'
    if (channel.stage === 'opening') channel.stage = 'open'
    if (side === 0) nameFunding(channel, node)
    reviewReady(simulation, channel)
    hintChanged(channel)
    channel.changed.fire()
    return
  }
  // The opener waits for ever: its money is in it.
  const isUnconfirmed = channel.funding.confirmedAt === undefined
  if (side === 1 && isUnconfirmed && node.height >= channel.fundedAt + fundingPatienceBlocks) {
    giveUp(channel, side, 'funding-canceled')
  }
}

/** The opener's wallet names the channel when it is open, whatever it called its funding before. */
function nameFunding({ funding, channelId }: Channel, opener: NodeState): void {
  funding.label = `0:openchannel:shortchanid-${channelId}`
  funding.labels.delete(opener)
}

/** Both ends say that they are ready as soon as both have it open and are connected. */
export function reviewReady(simulation: Simulation, channel: Channel): void {
  if (channel.isReady || channel.stage !== 'open') return
  const [opener, peer] = channel.ends
  if (!opener.peers.has(peer) || channel.views.some(({ list }) => list !== 'open')) return
  if (channel.ends.some(({ conduct }) => conduct.withholdsReady)) return
  channel.isReady = true
  channel.knownFrom = simulation.clock.monotonic() + simulation.timing.graphMilliseconds
  for (const node of channel.ends) {
    node.announcedAt = Math.max(node.announcedAt, simulation.clock.now())
    const kind = node.conduct.closesOnceActive
    if (kind) inBackground(closeSoon(simulation, node, channel, kind))
  }
}

async function closeSoon(
  simulation: Simulation,
  node: NodeState,
  channel: Channel,
  kind: 'cooperative' | 'force',
): Promise<void> {
  await simulation.clock.sleep(simulation.timing.hopMilliseconds)
  const isPossible = node.lifecycle === 'running' && channel.stage === 'open'
  if (isPossible && (kind === 'force' || isLinked(channel))) {
    closeChannel(simulation, node, channel, { kind })
  }
}

/** The funding is in a block: the channel has an id now. LND keeps the first one that it has opened with. */
export function confirmFunding(channel: Channel, height: number): void {
  const { funding } = channel
  if (channel.stage === 'opening') {
    channel.channelId = (BigInt(height) << 40n) + (BigInt(`0x${funding.id.slice(0, 5)}`) << 16n)
  }
}

/**
 * The block of the funding was replaced. What was open stays open and active, and the graph forgets it
 * for good: nothing can be sent, also when a new block has the funding (LND 0.21.2, tried).
 */
export function unconfirmFunding(channel: Channel): void {
  channel.knownFrom = Number.POSITIVE_INFINITY
}

/** The end forgets the channel; it gets nothing from it any more. */
export function giveUp(
  channel: Channel,
  side: Side,
  closeType: 'abandoned' | 'funding-canceled',
): void {
  const view = channel.views[side]
  view.list = 'closed'
  view.closeType = closeType
  view.closeHeight = channel.ends[side].height
  if (channel.views.every(({ list }) => list === 'closed')) channel.stage = 'gone'
  hintClosed(channel, side)
  channel.changed.fire()
}

/** A shortcut: the funding will never be, the opener has his coins, and both ends have forgotten the channel. */
export function cancelFunding({ chain }: Simulation, channel: Channel): void {
  const { funding, stage } = channel
  if (stage !== 'opening' || funding.confirmedAt !== undefined) {
    throw new Error('Only an unconfirmed funding can be canceled')
  }
  const coins = [...funding.taken]
  killTransaction(chain, funding)
  for (const coin of coins) delete coin.lockedUntil
  funding.publisher = undefined
  for (const side of [0, 1] as readonly Side[]) giveUp(channel, side, 'funding-canceled')
}
