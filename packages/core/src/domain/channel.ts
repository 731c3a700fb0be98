import type { NodeChannel } from '../ports/lightning-node.ts'
import { atLeastZero, sumOf } from './bigints.ts'

/** What can really be sent and received over one channel now, in msat; both 0 while it is inactive. */
export interface ChannelLiquidity {
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
}

/** Weight that one more HTLC adds to a commitment transaction (BOLT3). */
const htlcWeight = 172n

/**
 * The balance is not what can be sent: each side keeps its reserve, and the side that opened the
 * channel pays the commitment fee and must stay able to pay it when the feerate doubles and more
 * HTLCs are added (LND ≥ 0.18 refuses to send into that buffer). When the opener cannot even pay for
 * one more HTLC, the other side can add none but dust.
 */
export function channelLiquidity(channel: NodeChannel): ChannelLiquidity {
  if (!channel.isActive) return { sendableMsat: 0n, receivableMsat: 0n }
  const ours = channel.localMsat - channel.localReserveMsat
  const theirs = channel.remoteMsat - channel.remoteReserveMsat
  const [openers, others] = channel.isInitiator ? [ours, theirs] : [theirs, ours]
  const openerSends = atLeastZero(openers - feeBufferMsat(channel))
  const otherSends = openers < feeMsat(channel.feePerKw, htlcWeight) ? 0n : atLeastZero(others)
  return channel.isInitiator
    ? { sendableMsat: openerSends, receivableMsat: otherSends }
    : { sendableMsat: otherSends, receivableMsat: openerSends }
}

/**
 * LND's CalcFeeBuffer for the commitment that has the new HTLC: twice the feerate, and room for one
 * more. The current commitment fee has left the opener's balance already.
 */
function feeBufferMsat(channel: NodeChannel): bigint {
  const { feePerKw } = channel
  const weight = feeWeight(channel)
  const kept = feeMsat(2n * feePerKw, weight + 2n * htlcWeight)
  return kept - feeMsat(feePerKw, weight)
}

/**
 * LND computes fees with constants (BOLT3), which are a little more than the weight that it lists: that
 * one is of the transaction as it is, without outputs that are dust.
 */
function feeWeight({ commitmentType, commitWeight, pendingHtlcs }: NodeChannel): bigint {
  const constant = constantWeights[commitmentType] + htlcWeight * BigInt(pendingHtlcs.length)
  return constant > commitWeight ? constant : commitWeight
}

const constantWeights = { anchors: 1124n, taproot: 968n, legacy: 724n, unknown: 1124n } as const

/** In whole satoshi, rounded down, as LND computes it. */
function feeMsat(feePerKw: bigint, weight: bigint): bigint {
  return ((feePerKw * weight) / 1000n) * 1000n
}

/** Sums over channels; a payment may be split over all of them. */
export function nodeLiquidity(channels: readonly NodeChannel[]): ChannelLiquidity {
  let sendableMsat = 0n
  let receivableMsat = 0n
  for (const channel of channels) {
    const one = channelLiquidity(channel)
    sendableMsat += one.sendableMsat
    receivableMsat += one.receivableMsat
  }
  return { sendableMsat, receivableMsat }
}

/** Payments in a channel that have not ended, both directions, in msat. */
export function underWayMsat({ pendingHtlcs }: Pick<NodeChannel, 'pendingHtlcs'>): bigint {
  return sumOf(pendingHtlcs.map(({ amountMsat }) => amountMsat))
}
