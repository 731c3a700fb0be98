/** An open channel, as the policy of liquidity needs it. Amounts in msat. */
export interface LiquidityChannel {
  readonly channelPoint: string
  /** `NodeChannel.channelId`: what a payment is sent out of. */
  readonly channelId: string
  readonly peer: string
  readonly capacityMsat: bigint
  /** After reserves, fee buffer and payments under way; 0n while it is inactive. */
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
  readonly ownership: 'ours' | 'observe' | 'never'
  readonly isActive: boolean
  /** It was never down at the outbound share since it was opened: row 4 drains it at once. */
  readonly isNew: boolean
  /** Milliseconds since 1970 before which it must not be closed (a lease that somebody relies on); null: none. */
  readonly noCloseBefore: number | null
  /** What its close would cost; null: it is needed (the keeper counts it, or it has payments under way). */
  readonly closeCostMsat: bigint | null
}

/**
 * What a partner could be paid now by rule: available, above its minimum, not in its hold time; or an on-chain payout
 * that waits in the queue.
 */
export interface PayablePartner {
  readonly partner: string
  readonly way: 'offchain' | 'onchain'
  /** The payout that waits in the queue; null: an automatic one, which is asked for when it is taken. */
  readonly payout: string | null
  readonly amountMsat: bigint
  /** Of an on-chain payout: what it would cost by itself, at the feerate that it waits for. */
  readonly savedMsat: bigint
  /** That would be the operator's to pay; else the partner is charged less. */
  readonly savesOperator: boolean
  /** Over Lightning: what the operator bears of the fees, estimated and at worst; 0n where the partner pays them. */
  readonly costMsat: bigint
  readonly worstMsat: bigint
}

/** What swapping out costs at one provider: a fixed part and a share of the amount. */
export interface SwapOffer {
  readonly provider: string
  readonly minimumMsat: bigint
  /** At most, after its limits and what is under way there. */
  readonly maximumMsat: bigint
  /** Both miners' fees at the present feerate. */
  readonly fixedMsat: bigint
  /** Service and estimated routing. */
  readonly ppm: number
  /** The same at worst: limits, the prepayment lost. */
  readonly worstFixedMsat: bigint
  readonly worstPpm: number
  /** Milliseconds until the inbound is there. */
  readonly leadTime: number
  /** When its claim pays a partner's payout; null: it cannot (a daemon makes the claim). */
  readonly paysPayout: PayoutByClaim | null
}

/** What differs when a claim pays a payout. */
export interface PayoutByClaim {
  /** What the claim costs more, at the present feerate and at worst. */
  readonly fixedMsat: bigint
  readonly worstFixedMsat: bigint
  /** Must be locked up beside the payout: the dearest claim, and a rest that is no dust. */
  readonly reservedMsat: bigint
  /** It is never split. */
  readonly maximumMsat: bigint
}

/** Inbound that somebody sells. */
export interface ChannelOffer {
  readonly source: string
  readonly amountMsat: bigint
  readonly costMsat: bigint
  readonly leadTime: number
}

/** What the autopilot sees at one moment: plain data, read once. */
export interface LiquiditySnapshot {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds that LND has been usable without a break, by the monotonic clock; null: it is away. */
  readonly readyFor: number | null
  readonly pausedReason: string | null
  readonly haltedReason: string | null
  readonly channels: readonly LiquidityChannel[]
  /** Leaves the node with swaps and payouts under way: it is inbound when they end well. */
  readonly leavingMsat: bigint
  /** What the caps leave for new swaps: one that is under way counts until it has ended. */
  readonly swappableMsat: bigint
  /** What payouts that are stored need besides: their worst fees, and what our channels cannot send. */
  readonly expectedPayoutsMsat: bigint
  readonly partners: readonly PayablePartner[]
  readonly swaps: readonly SwapOffer[]
  /** After swaps that came to nothing: no new one before this moment, in milliseconds since 1970. */
  readonly swapsFrom: number
  /** Why a provider makes no offer. */
  readonly noOffers: readonly { readonly provider: string; readonly reason: string }[]
  readonly channelOffers: readonly ChannelOffer[]
  /** sat/vB that the chain asks; null: nobody knows. */
  readonly feerate: number | null
  /** What the policy of fees says: ceiling and percentile. */
  readonly isFeerateLow: boolean
  /** What this period's budget has left, worst cases of what is under way taken off. */
  readonly budgetLeftMsat: bigint
  /** The last run found too little inbound, and it is not restored yet. */
  readonly isRecovering: boolean
}

/** The settings that decide. Shares in ppm, durations in milliseconds, feerates in sat/vB. */
export interface LiquiditySettings {
  /** What stays on our side of a channel, for routing. */
  readonly outboundShare: number
  /** Below: push out when fees are acceptable. */
  readonly lowInbound: number
  /** Below: push out now, within the hard ceilings. */
  readonly urgentInbound: number
  /** So far above `lowInbound` it counts as restored. */
  readonly hysteresis: number
  /** New channels are drained at once; else only when inbound is low. */
  readonly drainsAtOnce: boolean
  /** Outbound that always stays, the floor of adopted channels included. */
  readonly outboundFloorMsat: bigint
  /** What gaining inbound may cost, of the amount, when nothing presses. */
  readonly acceptablePpm: number
  /** Never more, also under `urgentInbound`. */
  readonly ceilingPpm: number
  readonly feerateCeiling: number
  /** Smaller gaps are left alone. */
  readonly minimumMsat: bigint
  readonly settlePeriod: number
  /** What is closed or bought must be there within this time when inbound is urgent. */
  readonly urgentWithin: number
}
