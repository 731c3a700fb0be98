import type { Context, Identity } from '../context.ts'
import type { LiquiditySnapshot, PayoutByClaim, SwapOffer } from '../domain/liquidity-snapshot.ts'
import { claimBytesOf, worstClaimSat } from '../domain/swap-claim-fee.ts'
import { onchainNeededSat } from '../domain/swap-offer.ts'
import { PaymentNodeError } from '../errors.ts'
import { askProvider } from '../swaps/ask-provider.ts'
import { overdueSwaps } from '../swaps/overdue.ts'
import { readHealth } from '../swaps/provider-health.ts'
import { collectOffers, type QuotedPiece, type RawOffer } from '../swaps/quote-swaps.ts'
import { swapTotals } from '../tables/swaps.ts'
import { readFeerate } from '../transactions/current-feerate.ts'
import { type HeardOffers, readChannelOffers } from './read-channel-offers.ts'

/** Prices as they were asked for last: a look each minute is no call each minute. */
export interface OfferBook {
  /** What was asked for; another amount is asked for again. */
  amountMsat: bigint
  /** By the monotonic clock. */
  at: number
  /** sat/vB that claims were priced at. */
  feerate: number
  offers: readonly Priced[]
  /** What the host last said is for sale. */
  heard: { readonly at: number; readonly heard: HeardOffers } | undefined
}

interface Priced {
  readonly raw: RawOffer
  readonly minimumMsat: bigint
  /** Of one swap. */
  readonly maximumMsat: bigint
}

export function createOfferBook(): OfferBook {
  return { amountMsat: 0n, at: Number.NEGATIVE_INFINITY, feerate: 0, offers: [], heard: undefined }
}

/** Milliseconds for which a price counts. What is then asked for gets a new one. */
const priceLasts = 300_000
/** A feerate that moved so far makes other prices. */
const priceMoves = 1.25
/** Milliseconds until a swap's inbound is there: the payment is held until its lockup is confirmed. */
const leadTime = 3_600_000

type Found = Pick<LiquiditySnapshot, 'swaps' | 'noOffers'>

/** What providers and sellers ask for about `amountMsat`. */
export async function readOffers(
  context: Context,
  identity: Identity,
  book: OfferBook,
  amountMsat: bigint,
): Promise<Found & Pick<LiquiditySnapshot, 'channelOffers'>> {
  const [swaps, { offers, trouble }] = await Promise.all([
    readSwapOffers(context, identity, book, amountMsat),
    hearOffers(context, book, amountMsat),
  ])
  const silent = trouble === null ? [] : [{ provider: 'channelOffers', reason: trouble }]
  return { ...swaps, noOffers: [...swaps.noOffers, ...silent], channelOffers: offers }
}

async function hearOffers(
  context: Context,
  book: OfferBook,
  amountMsat: bigint,
): Promise<HeardOffers> {
  const at = context.clock.monotonic()
  if (book.heard && at - book.heard.at < priceLasts) return book.heard.heard
  const heard = await readChannelOffers(context, amountMsat)
  book.heard = { at, heard }
  return heard
}

/** What providers ask for, as a fixed part and a share. */
async function readSwapOffers(
  context: Context,
  identity: Identity,
  book: OfferBook,
  amountMsat: bigint,
): Promise<Found> {
  const { settings, storage } = context
  const { inFlightPerProvider } = settings.swapping
  if (settings.swapping.providers.length === 0) return { swaps: [], noOffers: [] }
  try {
    if (await hasReturned(context, identity, book)) book.at = Number.NEGATIVE_INFINITY
    await refresh(context, identity, book, amountMsat)
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.unavailable')) throw error
    return { swaps: [], noOffers: [{ provider: '', reason: 'feerate-unknown' }] }
  }
  const holding = await holdingProviders(context, identity)
  const swaps: SwapOffer[] = []
  const noOffers: { provider: string; reason: string }[] = []
  for (const { raw, ...bounds } of book.offers) {
    const { provider, price, reason } = raw.offer
    if (!price) {
      noOffers.push({ provider, reason: reason ?? 'no-price' })
      continue
    }
    // Its price is from before: the next one is taken at once, and not asked for when it comes to it.
    const since = await reasonOfHealth(context, identity, provider, holding)
    if (since) {
      noOffers.push({ provider, reason: since })
      continue
    }
    const row = await storage.get(swapTotals, [identity.publicKey, `provider/${provider}`])
    const leftMsat = inFlightPerProvider.msat - (row?.amount_msat ?? 0n)
    swaps.push(asShares(context, raw, book.amountMsat, bounds, leftMsat))
  }
  return { swaps, noOffers }
}

type UnhealthyBecause = 'disabled' | 'quarantined' | 'lockup-overdue'

const passing: ReadonlySet<string | null> = new Set<UnhealthyBecause>([
  'disabled',
  'quarantined',
  'lockup-overdue',
])

/** Providers that hold a payment for nothing. */
async function holdingProviders(
  context: Context,
  identity: Identity,
): Promise<ReadonlySet<string>> {
  return new Set((await overdueSwaps(context, identity)).map(({ provider }) => provider))
}

/** Why nothing is asked of a provider now; undefined: it may be. */
async function reasonOfHealth(
  context: Context,
  identity: Identity,
  provider: string,
  holding: ReadonlySet<string>,
): Promise<UnhealthyBecause | undefined> {
  const health = await readHealth(context, identity, provider)
  if (health.disabledReason !== null) return 'disabled'
  if (holding.has(provider)) return 'lockup-overdue'
  const isQuarantined = (health.quarantinedUntil ?? 0) > context.clock.now()
  return isQuarantined ? 'quarantined' : undefined
}

/** Whether one that made no offer for its health may be asked again. */
async function hasReturned(
  context: Context,
  identity: Identity,
  { offers }: OfferBook,
): Promise<boolean> {
  const holding = await holdingProviders(context, identity)
  for (const { raw } of offers) {
    const { provider, reason } = raw.offer
    if (!passing.has(reason)) continue
    if (!(await reasonOfHealth(context, identity, provider, holding))) return true
  }
  return false
}

async function refresh(
  context: Context,
  identity: Identity,
  book: OfferBook,
  amountMsat: bigint,
): Promise<void> {
  const now = context.clock.monotonic()
  const { satPerVbyte } = await readFeerate(context)
  const moved = Math.max(satPerVbyte, book.feerate) / Math.min(satPerVbyte, book.feerate)
  const isKnown = book.amountMsat === amountMsat && now - book.at < priceLasts
  if (isKnown && moved < priceMoves) return
  // What is too dear is for the policy to say, with its price.
  const bounds = { amountSat: amountMsat / 1000n, maximumPpm: 1_000_000n }
  const offers = await collectOffers(context, identity, bounds)
  book.offers = await Promise.all(
    offers.map(async (raw) => ({ raw, ...(await boundsOf(context, raw, amountMsat)) })),
  )
  book.amountMsat = amountMsat
  book.at = now
  book.feerate = satPerVbyte
}

/** Without a word of its own, as much as was asked about. In msat. */
async function boundsOf(
  context: Context,
  { provider, offer }: RawOffer,
  amountMsat: bigint,
): Promise<Omit<Priced, 'raw'>> {
  const asAsked = { minimumMsat: amountMsat, maximumMsat: amountMsat }
  if (!offer.price) return asAsked
  try {
    const limits = await askProvider(context, provider.name, (signal) => provider.limits(signal))
    return { minimumMsat: limits.minimumSat * 1000n, maximumMsat: limits.maximumSat * 1000n }
  } catch (error) {
    if (PaymentNodeError.is(error)) return asAsked
    throw error
  }
}

/** The miners' part is the same for any amount; the rest grows with it. */
function asShares(
  context: Context,
  { provider, pieces }: RawOffer,
  amountMsat: bigint,
  { minimumMsat, maximumMsat }: Omit<Priced, 'raw'>,
  leftMsat: bigint,
): SwapOffer {
  let fixedSat = 0n
  let worstFixedSat = 0n
  let [shareSat, worstShareSat] = [0n, 0n]
  for (const { quote, costs } of pieces) {
    fixedSat += quote.lockupSat + costs.claimSat
    worstFixedSat += quote.lockupSat + costs.claimLimitSat + costs.prepaySat
    shareSat += quote.serviceSat + costs.routingSat
    worstShareSat += quote.serviceSat + costs.routingLimitSat
  }
  // Rounded up: a policy that reckons with too little would be refused by the caps.
  const ppmOf = (sat: bigint): number =>
    Number((sat * 1_000_000_000n + amountMsat - 1n) / amountMsat)
  return {
    provider: provider.name,
    minimumMsat,
    maximumMsat: leftMsat > amountMsat ? amountMsat : leftMsat,
    fixedMsat: fixedSat * 1000n,
    ppm: ppmOf(shareSat),
    worstFixedMsat: worstFixedSat * 1000n,
    worstPpm: ppmOf(worstShareSat),
    leadTime,
    paysPayout: provider.custody === 'self' ? throughClaim(context, pieces[0]!, maximumMsat) : null,
  }
}

/** A claim that pays a payout has an output more. */
function throughClaim(
  { settings }: Context,
  { costs }: QuotedPiece,
  providersMsat: bigint,
): PayoutByClaim {
  const { claimCeiling, perSwap } = settings.swapping
  const [usual, more] = [false, true].map((pays) => BigInt(claimBytesOf('cooperative', pays)))
  const worstSat = worstClaimSat(claimCeiling, true)
  return {
    fixedMsat: ((costs.claimSat * (more! - usual!)) / usual! + 1n) * 1000n,
    worstFixedMsat: (worstSat - worstClaimSat(claimCeiling)) * 1000n,
    reservedMsat: onchainNeededSat(0n, worstSat) * 1000n,
    maximumMsat: perSwap.msat < providersMsat ? perSwap.msat : providersMsat,
  }
}
