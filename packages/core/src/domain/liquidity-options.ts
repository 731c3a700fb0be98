import { least, toWholeSat } from './bigints.ts'
import { closeOptions } from './liquidity-close.ts'
import type { LiquidityNeed } from './liquidity-need.ts'
import type { LiquiditySettings, LiquiditySnapshot, SwapOffer } from './liquidity-snapshot.ts'
import { throughSwap } from './liquidity-through.ts'

/** What can be done for inbound. */
export type LiquidityLever =
  /** Pay a partner what it has, over Lightning. */
  | 'pay-partner'
  /** Pay a partner on chain, straight from the claim of a swap. */
  | 'pay-partner-through-swap'
  /** Swap to the node's own wallet, or to the operator. */
  | 'swap'
  /** Close a channel in which everything is on our side: the share rises, what can be received does not. */
  | 'close'
  /** Buy a channel from somebody: offers are compared, and left to the operator. */
  | 'buy'

/** Why an option is not taken. The first five pass with time alone. */
export type OptionRefusal =
  | 'feerate-not-low'
  | 'price-not-acceptable'
  | 'in-flight-cap'
  | 'too-late'
  /** Swaps have come to nothing: the next one after a pause. */
  | 'failed-lately'
  | 'feerate-unknown'
  | 'feerate-above-ceiling'
  | 'price-above-ceiling'
  | 'worst-case-above-ceiling'
  | 'budget-exhausted'
  | 'outbound-floor'
  | 'above-provider-maximum'
  | 'obligation'
  /** Nothing else speaks against buying it; this library orders no channels: that is the operator's to do. */
  | 'left-to-operator'
  /** It raises the share only: not while others help, nor when being able to receive is urgent. */
  | 'brings-no-inbound'
  /** Others are cheaper, and fill the gap. */
  | 'not-needed'

/** One way to gain inbound. Costs are the operator's. */
export interface LiquidityOption {
  readonly lever: LiquidityLever
  /** Partner, channel point, or source; empty for a swap to ourselves. */
  readonly subject: string
  /** The queued payout that the claim pays; null: an automatic one that is asked for first, or none. */
  readonly payout: string | null
  /** The swap that it takes. */
  readonly offer: SwapOffer | null
  /** What leaves over Lightning, is closed, or is bought. */
  readonly amountMsat: bigint
  /** How much of what is missing for the share it makes up for. */
  readonly gainMsat: bigint
  /** How much more can be received when it is done: the gain, but 0n for a close. */
  readonly receivableMsat: bigint
  readonly costMsat: bigint
  readonly worstMsat: bigint
  /** Cost of the gain, in ppm: the order of options. Of a payout through a swap less what the partner saves by it. */
  readonly pricePpm: number
  /** Milliseconds until the inbound is there. */
  readonly leadTime: number
  /** Milliseconds since 1970; null: at any time. */
  readonly notBefore: number | null
}

/** The room that is left while options are chosen, one after the other. */
export interface Room {
  readonly missingMsat: bigint
  readonly movableMsat: bigint
  readonly swappableMsat: bigint
  readonly budgetMsat: bigint
}

const whole = 1_000_000n

/** What could be done whatever is left to do: partners and channels for sale. */
export function wholeOptions({
  partners,
  swaps,
  channelOffers,
}: LiquiditySnapshot): readonly LiquidityOption[] {
  return [
    ...partners.flatMap((payable) => {
      const { partner, way, amountMsat, costMsat, worstMsat } = payable
      if (way === 'onchain') {
        return swaps.flatMap((offer) => {
          const through = throughSwap(payable, offer)
          return through ? option(through) : []
        })
      }
      const paid = { subject: partner, amountMsat, gainMsat: amountMsat, costMsat, worstMsat }
      return option({ ...paid, lever: 'pay-partner' })
    }),
    ...channelOffers.map(({ source, amountMsat, costMsat, leadTime }) => {
      const bought = { subject: source, amountMsat, gainMsat: amountMsat, leadTime }
      return option({ ...bought, lever: 'buy', costMsat, worstMsat: costMsat })
    }),
  ]
}

/** Closes, for what nothing else makes up for. */
export function closesOf(
  snapshot: LiquiditySnapshot,
  settings: LiquiditySettings,
): readonly LiquidityOption[] {
  return closeOptions(snapshot, settings).map(option)
}

/** A swap to ourselves: as much as is missing, and as one swap may be. */
export function swapOption(
  offer: SwapOffer,
  room: Room,
  before?: LiquidityOption,
): LiquidityOption {
  const bounds = [room.missingMsat, room.movableMsat, room.swappableMsat, offer.maximumMsat]
  const mostMsat = bounds.reduce(least)
  // Too small a rest is asked for as the smallest swap: whether that fits is judged like any other.
  const amountMsat = mostMsat < offer.minimumMsat ? offer.minimumMsat : toWholeSat(mostMsat)
  // While much is missing each look at an offer is for the same amount.
  if (before?.amountMsat === amountMsat) return before
  return option({
    lever: 'swap',
    subject: '',
    offer,
    amountMsat,
    gainMsat: amountMsat,
    costMsat: offer.fixedMsat + (amountMsat * BigInt(offer.ppm)) / whole,
    worstMsat: offer.worstFixedMsat + (amountMsat * BigInt(offer.worstPpm)) / whole,
    leadTime: offer.leadTime,
  })
}

/** Why it is not taken now; undefined: it may be. */
export function refusalOf(
  option: LiquidityOption,
  snapshot: LiquiditySnapshot,
  settings: LiquiditySettings,
  { urgency }: LiquidityNeed,
  room: Room,
): OptionRefusal | undefined {
  const { lever, offer, amountMsat, gainMsat, worstMsat, pricePpm, leadTime, notBefore } = option
  const presses = urgency !== 'low'
  const { feerate, isFeerateLow, now } = snapshot
  // Whoever has just opened a channel wants it filled the other way, not gone.
  if (urgency === 'drain' && (lever === 'close' || lever === 'buy')) return 'not-needed'
  if (notBefore !== null && notBefore > now) return 'obligation'
  // Whoever cannot be paid is not helped by a better share; and more than what is missing is outbound that stays.
  if (lever === 'close' && presses) return 'brings-no-inbound'
  if (lever === 'close' && gainMsat > room.missingMsat) return 'not-needed'
  if (lever !== 'pay-partner' && lever !== 'buy') {
    if (feerate === null) return 'feerate-unknown'
    if (!(feerate <= settings.feerateCeiling)) return 'feerate-above-ceiling'
    if (!presses && !isFeerateLow) return 'feerate-not-low'
  }
  if (lever !== 'buy' && amountMsat > room.movableMsat) return 'outbound-floor'
  if (offer) {
    if (snapshot.swapsFrom > now) return 'failed-lately'
    const isBeyond = amountMsat > room.missingMsat && amountMsat > offer.minimumMsat
    if (lever === 'pay-partner-through-swap' && isBeyond) return 'not-needed'
    if (amountMsat > room.swappableMsat) return 'in-flight-cap'
    const mostMsat = lever === 'swap' ? offer.maximumMsat : mostThrough(offer)
    if (amountMsat > mostMsat) return 'above-provider-maximum'
  }
  // What the partner saves is none of the operator's money.
  const ownPpm = lever === 'pay-partner-through-swap' ? ppmOf(option) : pricePpm
  if (ownPpm > settings.ceilingPpm) return 'price-above-ceiling'
  if (worstMsat * whole > amountMsat * BigInt(settings.ceilingPpm))
    return 'worst-case-above-ceiling'
  if (!presses && ownPpm > settings.acceptablePpm) return 'price-not-acceptable'
  if (worstMsat > room.budgetMsat) return 'budget-exhausted'
  if (urgency === 'urgent' && leadTime > settings.urgentWithin) return 'too-late'
  return lever === 'buy' ? 'left-to-operator' : undefined
}

/** One swap, whole. */
function mostThrough({ paysPayout, maximumMsat }: SwapOffer): bigint {
  return least(paysPayout?.maximumMsat ?? 0n, maximumMsat)
}

/** What is left when it is taken. */
export function afterTaking(
  room: Room,
  { lever, offer, amountMsat, gainMsat, worstMsat }: LiquidityOption,
): Room {
  return {
    missingMsat: room.missingMsat - gainMsat,
    movableMsat: room.movableMsat - (lever === 'buy' ? 0n : amountMsat),
    swappableMsat: room.swappableMsat - (offer ? amountMsat : 0n),
    budgetMsat: room.budgetMsat - worstMsat,
  }
}

function option(
  given: Omit<
    LiquidityOption,
    'offer' | 'payout' | 'leadTime' | 'notBefore' | 'pricePpm' | 'receivableMsat'
  > &
    Partial<LiquidityOption>,
): LiquidityOption {
  const { lever, subject, amountMsat, gainMsat, costMsat, worstMsat } = given
  const { offer = null, payout = null, receivableMsat = gainMsat } = given
  const { leadTime = 0, notBefore = null } = given
  const { pricePpm = ppmOf(given) } = given
  return {
    lever,
    subject,
    payout,
    offer,
    amountMsat,
    gainMsat,
    receivableMsat,
    costMsat,
    worstMsat,
    pricePpm,
    leadTime,
    notBefore,
  }
}

function ppmOf({ gainMsat, costMsat }: Pick<LiquidityOption, 'gainMsat' | 'costMsat'>): number {
  return gainMsat === 0n ? Number.MAX_SAFE_INTEGER : Number((costMsat * whole) / gainMsat)
}
