import type { LiquidityOption } from './liquidity-options.ts'
import type { LiquiditySettings, LiquiditySnapshot } from './liquidity-snapshot.ts'

const whole = 1_000_000n

/** Virtual bytes of a cooperative close: one input of two signatures, and an output of 43 bytes for each side (BOLT3). */
const closeBytes = 200n
/** LND breaks off when it would have to pay more than three times what it began with. */
const negotiable = 3n
/** Milliseconds until the coins of a close are confirmed, about. */
const closeTime = 3_600_000
/** In ppm of the capacity: what the other side may have in a channel in which everything is ours. */
const mostRemote = 10_000n

/** What a cooperative close costs its opener at a whole feerate in sat/vB, in msat. */
export function closeFeeMsat(satPerVbyte: number): bigint {
  return closeBytes * BigInt(satPerVbyte) * 1000n
}

/** What it may cost at worst, in msat: the two ends negotiate the fee. */
export function worstCloseFeeMsat(feeMsat: bigint): bigint {
  return negotiable * feeMsat
}

/** Whether everything in a channel is on our side, but for what reserve and fee buffer hide. Amounts in msat. */
export function isAllLocal(channel: {
  readonly capacityMsat: bigint
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
}): boolean {
  const { capacityMsat, sendableMsat, receivableMsat } = channel
  return sendableMsat > 0n && receivableMsat * whole <= capacityMsat * mostRemote
}

/**
 * Channels of ours that could be closed. A close brings NOTHING that can be received: outbound becomes coins, the
 * whole shrinks, and so much less inbound is missing for the same share. That is its gain; what it makes
 * receivable is none. A new channel is drained, not closed; and where nothing else can receive, a share of
 * nothing would be no help.
 */
export function closeOptions(
  { channels }: LiquiditySnapshot,
  { outboundShare }: LiquiditySettings,
): readonly Omit<LiquidityOption, 'pricePpm' | 'offer' | 'payout'>[] {
  return channels.flatMap((channel) => {
    const { ownership, closeCostMsat, sendableMsat, channelPoint, isActive, isNew } = channel
    if (ownership !== 'ours' || closeCostMsat === null || !isActive || isNew) return []
    if (!isAllLocal(channel)) return []
    const canOthersReceive = channels.some(
      (other) => other !== channel && other.isActive && other.receivableMsat > 0n,
    )
    if (!canOthersReceive) return []
    return [
      {
        lever: 'close' as const,
        subject: channelPoint,
        amountMsat: sendableMsat,
        gainMsat: (sendableMsat * (whole - BigInt(outboundShare))) / whole,
        receivableMsat: 0n,
        costMsat: closeCostMsat,
        worstMsat: worstCloseFeeMsat(closeCostMsat),
        leadTime: closeTime,
        notBefore: channel.noCloseBefore,
      },
    ]
  })
}
