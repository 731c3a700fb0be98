import type { NodeChannel, PendingHtlc } from '../ports/lightning-node.ts'

/** What can really be sent and received over one channel now, in msat; both 0 while it is inactive. */
export interface ChannelLiquidity {
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
}

/** Weight that one more HTLC adds to a commitment transaction (BOLT3). */
const htlcWeight = 172n

/**
 * The balance is not what can be sent: each side keeps its reserve, and the side that opened the
 * channel pays the commitment fee and must stay able to pay it when the feerate doubles and one more
 * HTLC is added (LND ≥ 0.18 refuses to send into that buffer).
 */
export function channelLiquidity(channel: NodeChannel): ChannelLiquidity {
  if (!channel.isActive) return { sendableMsat: 0n, receivableMsat: 0n }
  const buffer = feeBufferMsat(channel)
  const ours = channel.isInitiator ? buffer : 0n
  const theirs = channel.isInitiator ? 0n : buffer
  return {
    sendableMsat: atLeastZero(channel.localMsat - channel.localReserveMsat - ours),
    receivableMsat: atLeastZero(channel.remoteMsat - channel.remoteReserveMsat - theirs),
  }
}

/** LND's CalcFeeBuffer: twice the feerate, for the commitment plus one HTLC each way of rounding. */
function feeBufferMsat(channel: NodeChannel): bigint {
  const weight = channel.commitWeight + htlcWeight
  const atDoubleRateSat = (2n * channel.feePerKw * weight) / 1000n
  const currentSat = (channel.feePerKw * channel.commitWeight) / 1000n
  // The current commitment fee has left the initiator's balance already.
  return atLeastZero(atDoubleRateSat - currentSat) * 1000n
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

export function pendingMsat(
  htlcs: readonly PendingHtlc[],
  direction: PendingHtlc['direction'],
): bigint {
  let total = 0n
  for (const htlc of htlcs) if (htlc.direction === direction) total += htlc.amountMsat
  return total
}

function atLeastZero(value: bigint): bigint {
  return value > 0n ? value : 0n
}
