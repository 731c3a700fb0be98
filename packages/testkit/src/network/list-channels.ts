import type { ChannelLimbo, ClosedChannel, NodeChannel, PendingChannel } from '@payment-node/core'
import {
  anchorsOf,
  type Channel,
  dustLimitMsat,
  type Htlc,
  isActive,
  isDeserted,
  isGivenUp,
  listedBalance,
  otherSide,
  type Side,
  sideOf,
} from './channel.ts'
import { fundingPatienceBlocks } from './judge-opening.ts'
import { listedWeight } from './listed-weight.ts'
import type { NodeState } from './node-state.ts'
import type { Simulation } from './simulation.ts'

/** LND lists balances in whole satoshi. */
function wholeSat(amountMsat: bigint): bigint {
  return (amountMsat / 1000n) * 1000n
}

function channelsOf(
  simulation: Simulation,
  node: NodeState,
): { channel: Channel; side: Side; peer: NodeState }[] {
  const found: { channel: Channel; side: Side; peer: NodeState }[] = []
  for (const channel of simulation.channels.values()) {
    const side = sideOf(channel, node)
    if (side !== undefined) found.push({ channel, side, peer: channel.ends[otherSide(side)] })
  }
  return found
}

/** ListChannels. */
export function listOpenChannels(simulation: Simulation, node: NodeState): NodeChannel[] {
  return channelsOf(simulation, node)
    .filter(({ channel, side }) => channel.views[side].list === 'open')
    .map(({ channel, side, peer }) => ({
      channelPoint: channel.channelPoint,
      channelId: channel.channelId.toString(),
      peer: peer.publicKey,
      peerAlias: peer.alias,
      capacityMsat: channel.capacityMsat,
      localMsat: listedBalance(channel, side),
      remoteMsat: listedBalance(channel, otherSide(side)),
      localReserveMsat: channel.reserves[side],
      remoteReserveMsat: channel.reserves[otherSide(side)],
      feePerKw: channel.feePerKw,
      commitWeight: listedWeight(channel, side),
      isInitiator: side === 0,
      commitmentType: channel.commitmentType,
      isActive: isActive(channel) || isDeserted(channel, side),
      isPrivate: channel.isPrivate,
      pendingHtlcs: committedHtlcs(channel).map((htlc) => ({
        direction: htlc.offeredBy === side ? 'outgoing' : 'incoming',
        amountMsat: wholeSat(htlc.amountMsat),
        paymentHash: htlc.paymentHash,
        expiryHeight: htlc.expiryHeight,
      })),
      updateCount: channel.updateCount,
      ...(channel.memo === undefined || side !== 0 ? {} : { memo: channel.memo }),
    }))
}

/** HTLCs of the newest commitment: what the chain rules does not change it. */
function committedHtlcs({ htlcs, ruled }: Channel): Htlc[] {
  return [...htlcs.values(), ...ruled.map(({ htlc }) => htlc)]
}

/** PendingChannels: opening, waiting for a close, force-closing. */
export function listPendingChannels(simulation: Simulation, node: NodeState): PendingChannel[] {
  const pending: PendingChannel[] = []
  for (const { channel, side, peer } of channelsOf(simulation, node)) {
    const view = channel.views[side]
    if (view.list !== 'opening' && view.list !== 'closing' && view.list !== 'force-closing') {
      continue
    }
    pending.push({
      channelPoint: channel.channelPoint,
      peer: peer.publicKey,
      capacityMsat: channel.capacityMsat,
      localMsat: listedBalance(channel, side),
      remoteMsat: listedBalance(channel, otherSide(side)),
      state: view.list,
      isInitiator: side === 0,
      ...(channel.memo === undefined || side !== 0 ? {} : { memo: channel.memo }),
      ...(view.list === 'opening'
        ? { fundingExpiryBlocks: channel.fundedAt + fundingPatienceBlocks - node.height }
        : {}),
      ...closingTransactionOf(channel),
      ...(view.maturityHeight === undefined ? {} : { maturityHeight: view.maturityHeight }),
      ...(view.list === 'force-closing' ? { limbo: limboOf(channel, side) } : {}),
    })
  }
  return pending
}

/**
 * Until the claims are final LND goes on listing what they took, and the anchor that nobody takes. All HTLCs of an
 * end are claimed as one output.
 */
function limboOf(channel: Channel, side: Side): ChannelLimbo {
  const { by, transaction } = channel.closing!
  const outpoint = `${transaction!.id}:${side + 2}`
  const ours = channel.ruled.filter(({ owner }) => owner === side).map(({ htlc }) => htlc)
  const htlcs = [...channel.htlcs.values(), ...ours]
    .filter(({ amountMsat }) => amountMsat >= dustLimitMsat)
    // LND reports nothing of what it claims with a preimage from the peer's commitment.
    .filter((htlc) => by === side || htlc.offeredBy === side || !htlc.isClaimable)
    .map((htlc) => ({
      direction: htlc.offeredBy === side ? ('outgoing' as const) : ('incoming' as const),
      amountMsat: wholeSat(htlc.amountMsat),
      outpoint,
    }))
  const sum = htlcs.reduce((total, { amountMsat }) => total + amountMsat, 0n)
  const balanceMsat = channel.views[side].settledMsat
  const hasAnchor = balanceMsat > 0n || htlcs.length > 0
  return { totalMsat: balanceMsat + sum + (hasAnchor ? anchorsOf(channel) / 2n : 0n), htlcs }
}

function closingTransactionOf({ closing }: Channel): { closingTransaction?: string } {
  return closing?.transaction ? { closingTransaction: closing.transaction.id } : {}
}

/** One closed channel as ClosedChannels and the CLOSED_CHANNEL event show it. */
export function showClosed(channel: Channel, side: Side): ClosedChannel {
  const view = channel.views[side]
  return {
    channelPoint: channel.channelPoint,
    peer: channel.ends[otherSide(side)].publicKey,
    capacityMsat: channel.capacityMsat,
    closeType: view.closeType ?? 'abandoned',
    openedBy: side === 0 ? 'us' : 'peer',
    closedBy: view.closedBy ?? 'unknown',
    ...(isGivenUp(view) ? {} : closingTransactionOf(channel)),
    ...(view.closeHeight === undefined ? {} : { closeHeight: view.closeHeight }),
    settledMsat: view.settledMsat,
  }
}

/** ClosedChannels: only what is fully resolved. */
export function listClosedChannels(simulation: Simulation, node: NodeState): ClosedChannel[] {
  return channelsOf(simulation, node)
    .filter(({ channel, side }) => channel.views[side].list === 'closed')
    .map(({ channel, side }) => {
      const { claims } = channel.views[side]
      return { ...showClosed(channel, side), ...(claims && { claims }) }
    })
}
