import { type Context, type Identity, identityOf, requireReady } from '../context.ts'
import { Amount, type AmountInput, readPositiveAmount } from '../domain/amount.ts'
import { least } from '../domain/bigints.ts'
import { claimBytesOf, worstClaimSat } from '../domain/swap-claim-fee.ts'
import {
  costAtLimitSat,
  expectedCostSat,
  judgeQuote,
  type OfferCosts,
  onchainNeededSat,
  ppmOf,
  splitAmount,
  worstCostSat,
} from '../domain/swap-offer.ts'
import type { SwapProvider, SwapQuote } from '../ports/swap-provider.ts'
import { readObject } from '../read-input.ts'
import { readFeerate } from '../transactions/current-feerate.ts'
import { askProvider, providerReason } from './ask-provider.ts'
import { readRoutingEstimates } from './estimate-routing.ts'
import { overdueSwaps } from './overdue.ts'
import { readHealth } from './provider-health.ts'

/** What a provider asks for an amount, all in. */
export interface SwapOffer {
  readonly provider: string
  readonly isAcceptable: boolean
  /**
   * Why not: `quarantined`, `disabled`, `lockup-overdue` (it holds the payment of another swap, no lockup comes, and it
   * gets no new one before that payment is back), `unreachable`, `node-cannot-watch`, `below-minimum`, `too-dear`, …; for
   * a payout also `cannot-pay-payout` (a daemon), `needs-one-swap`, `too-small-for-payout`. Null when acceptable.
   */
  readonly reason: string | null
  /** Null where no price could be had. */
  readonly price: SwapPrice | null
}

/** All costs of an amount; of all its swaps together, when it is split. */
export interface SwapPrice {
  /** The amounts of the swaps that it takes. */
  readonly pieces: readonly Amount[]
  /** The provider's fee and the miner fee of its lockup. */
  readonly service: Amount
  /** At the feerate of now. */
  readonly claim: Amount
  /** What routing will probably cost: as in past swaps with the provider, else a fifth of what it may cost. */
  readonly routing: Amount
  /** The most that routing may cost. */
  readonly routingLimit: Amount
  /** Lost when the swap fails after it was paid. */
  readonly prepayAtRisk: Amount
  /** Service, claim and routing, as they will probably be. */
  readonly total: Amount
  /** `total` in parts per million of the amount. `swapping.maximumPpm` is held against it with `routingLimit`. */
  readonly ppm: number
  /** Nothing of it can become more: what the budget is charged. */
  readonly worst: Amount
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What to ask providers about. */
export interface SwapQuestion {
  readonly amount: AmountInput
}

/** A piece of an offer: one swap. */
export interface QuotedPiece {
  readonly amountSat: bigint
  readonly quote: SwapQuote
  readonly costs: OfferCosts
}

/** An offer with what is needed to take it. */
export interface RawOffer {
  readonly provider: SwapProvider
  readonly offer: SwapOffer
  readonly pieces: readonly QuotedPiece[]
}

/** What an offer must keep. */
export interface OfferBounds {
  readonly amountSat: bigint
  /** All-in with all that routing may cost, in ppm of the amount. */
  readonly maximumPpm: bigint
  /** All-in with what routing usually costs; left out: no other bound. */
  readonly expectedPpm?: bigint
  /** Of each swap; left out: `swapping.routingPpm` of its amount. */
  readonly routingLimitSat?: bigint
  /** Of each swap; left out: what a claim costs at the ceiling. */
  readonly claimLimitSat?: bigint
  readonly serviceLimitSat?: bigint
  readonly prepayLimitSat?: bigint
  /** What the claim pays to a partner: only one swap that we claim ourselves can. */
  readonly payoutSat?: bigint
  /** Names; left out: all. */
  readonly providers?: readonly string[]
}

/** What every provider asks for an amount, cheapest first. Stores nothing. Throws `node.unavailable`. */
export async function quoteSwaps(
  context: Context,
  question: SwapQuestion,
): Promise<readonly SwapOffer[]> {
  readObject(question, 'swap', ['amount'])
  const amount = readPositiveAmount(question.amount, 'amount')
  requireReady(context)
  const bounds = {
    amountSat: amount.msat / 1000n,
    maximumPpm: context.settings.swapping.maximumPpm,
  }
  const offers = await collectOffers(context, identityOf(context), bounds)
  return offers.map(({ offer }) => offer)
}

/** Asks all providers at once, so that one that is down delays nobody; the cheapest acceptable one first. */
export async function collectOffers(
  context: Context,
  identity: Identity,
  bounds: OfferBounds,
): Promise<readonly RawOffer[]> {
  const { swapping } = context.settings
  const { satPerVbyte } = await readFeerate(context)
  const holding = new Set((await overdueSwaps(context, identity)).map(({ provider }) => provider))
  const routingPpmOf = await readRoutingEstimates(context, identity)
  const offers = await Promise.all(
    swapping.providers.map((provider) => {
      const { name } = provider
      const market = { satPerVbyte, routingPpm: routingPpmOf(name), isHolding: holding.has(name) }
      return askForOffer(context, identity, provider, bounds, market)
    }),
  )
  const place = ({ offer }: RawOffer): bigint =>
    offer.isAcceptable ? offer.price!.total.msat : 1n << 80n
  return offers.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
}

/** What a price depends on besides the provider's word. */
interface Market {
  readonly satPerVbyte: number
  /** What routing to it will probably cost. */
  readonly routingPpm: bigint
}

async function askForOffer(
  context: Context,
  identity: Identity,
  provider: SwapProvider,
  bounds: OfferBounds,
  { isHolding, ...market }: Market & { readonly isHolding: boolean },
): Promise<RawOffer> {
  const { name } = provider
  const rejected = (reason: string): RawOffer => ({
    provider,
    offer: { provider: name, isAcceptable: false, reason, price: null },
    pieces: [],
  })
  if (bounds.providers && !bounds.providers.includes(name)) return rejected('not-wanted')
  const { chain, onchain } = context.lightning
  // Without either it could be paid, and never claimed.
  if (provider.custody === 'self' && !(chain && onchain)) return rejected('node-cannot-watch')
  const { payoutSat } = bounds
  if (payoutSat !== undefined && provider.custody !== 'self') return rejected('cannot-pay-payout')
  const health = await readHealth(context, identity, name)
  if (health.disabledReason !== null) return rejected('disabled')
  // Whoever holds one payment for nothing gets no second one.
  if (isHolding) return rejected('lockup-overdue')
  if ((health.quarantinedUntil ?? 0) > context.clock.now()) return rejected('quarantined')
  const { swapping } = context.settings
  const perSwapSat = swapping.perSwap.msat / 1000n
  try {
    const limits = await askProvider(context, name, (signal) => provider.limits(signal))
    const split = splitAmount({ amountSat: bounds.amountSat, limits, perSwapSat })
    if (!split.ok) return rejected(split.reason)
    if (payoutSat !== undefined && split.piecesSat.length > 1) return rejected('needs-one-swap')
    const quotes = new Map<bigint, SwapQuote>()
    for (const amountSat of new Set(split.piecesSat)) {
      const quote = await askProvider(context, name, (signal) => provider.quote(amountSat, signal))
      const wrong = judgeQuote(quote, amountSat, context.clock.now())
      if (wrong) return rejected(wrong)
      quotes.set(amountSat, quote)
    }
    const pieces = split.piecesSat.map((amountSat): QuotedPiece => {
      const quote = quotes.get(amountSat)!
      return { amountSat, quote, costs: costsOf(context, bounds, quote, market) }
    })
    const reason = whyNot(context, bounds, provider, pieces, market.satPerVbyte)
    const offer = {
      provider: name,
      isAcceptable: reason === null,
      reason,
      price: priceOf(bounds, pieces),
    }
    return { provider, offer, pieces }
  } catch (error) {
    return rejected(providerReason(error))
  }
}

function costsOf(
  { settings }: Context,
  bounds: OfferBounds,
  { amountSat, serviceSat, lockupSat, prepayAtRiskSat }: SwapQuote,
  { satPerVbyte, routingPpm }: Market,
): OfferCosts {
  const { routingPpm: mostPpm, claimCeiling } = settings.swapping
  const paysPayout = bounds.payoutSat !== undefined
  const shareSat = (ppm: bigint): bigint => (amountSat * ppm + 999_999n) / 1_000_000n
  const routingLimitSat = bounds.routingLimitSat ?? shareSat(mostPpm)
  const usualSat = shareSat(routingPpm)
  return {
    serviceSat: serviceSat + lockupSat,
    routingSat: least(usualSat, routingLimitSat),
    routingLimitSat,
    claimSat: BigInt(Math.ceil(satPerVbyte * claimBytesOf('cooperative', paysPayout))),
    claimLimitSat: bounds.claimLimitSat ?? worstClaimSat(claimCeiling, paysPayout),
    prepaySat: prepayAtRiskSat,
  }
}

function whyNot(
  { settings }: Context,
  bounds: OfferBounds,
  { custody }: SwapProvider,
  pieces: readonly QuotedPiece[],
  satPerVbyte: number,
): string | null {
  const { serviceLimitSat, payoutSat } = bounds
  // Nothing is ever prepaid for a swap that we claim ourselves.
  const usual = custody === 'self' ? 0n : settings.swapping.prepay.msat / 1000n
  const prepayLimitSat = bounds.prepayLimitSat ?? usual
  if (satPerVbyte > settings.swapping.claimCeiling) return 'feerate-above-ceiling'
  for (const { costs, quote } of pieces) {
    if (serviceLimitSat !== undefined && costs.serviceSat > serviceLimitSat)
      return 'service-above-limit'
    if (quote.prepayAtRiskSat > prepayLimitSat) return 'prepay-above-limit'
    if (costs.claimSat > costs.claimLimitSat) return 'claim-above-limit'
    if (payoutSat === undefined) continue
    const neededSat = onchainNeededSat(payoutSat, costs.claimLimitSat)
    if (quote.amountSat - costs.serviceSat < neededSat) return 'too-small-for-payout'
  }
  const ppm = (of: (costs: OfferCosts) => bigint): bigint =>
    ppmOf(
      pieces.reduce((sum, { costs }) => sum + of(costs), 0n),
      bounds.amountSat,
    )
  const { maximumPpm, expectedPpm = maximumPpm } = bounds
  const isTooDear = ppm(costAtLimitSat) > maximumPpm || ppm(expectedCostSat) > expectedPpm
  return isTooDear ? 'too-dear' : null
}

function priceOf({ amountSat }: OfferBounds, pieces: readonly QuotedPiece[]): SwapPrice {
  const sum = (of: (piece: QuotedPiece) => bigint): Amount =>
    new Amount(pieces.reduce((total, piece) => total + of(piece), 0n) * 1000n)
  const total = sum(({ costs }) => expectedCostSat(costs))
  return {
    pieces: pieces.map((piece) => new Amount(piece.amountSat * 1000n)),
    service: sum(({ costs }) => costs.serviceSat),
    claim: sum(({ costs }) => costs.claimSat),
    routing: sum(({ costs }) => costs.routingSat),
    routingLimit: sum(({ costs }) => costs.routingLimitSat),
    prepayAtRisk: sum(({ costs }) => costs.prepaySat),
    total,
    ppm: Number(ppmOf(total.msat / 1000n, amountSat)),
    worst: sum(({ costs }) => worstCostSat(costs)),
    expiresAt: Math.min(...pieces.map(({ quote }) => quote.expiresAt)),
  }
}
