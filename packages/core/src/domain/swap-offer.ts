import type { SwapLimits, SwapQuote } from '../ports/swap-provider.ts'
import { dustLimitSat } from './transaction-size.ts'

/** What is known about one provider when an amount shall be swapped. */
export interface OfferSituation {
  readonly amountSat: bigint
  readonly limits: SwapLimits
  /** Hard cap of one swap. */
  readonly perSwapSat: bigint
}

/** A provider's amounts that add up to what is wanted, or why it cannot be. */
export type Split =
  | { readonly ok: true; readonly piecesSat: readonly bigint[] }
  | { readonly ok: false; readonly reason: 'below-minimum' | 'malformed' | 'too-many-swaps' }

/** More swaps of one request only clog the channels. */
const mostPieces = 100n

/** Divides an amount above the provider's limit (or the cap) into pieces as equal as can be. */
export function splitAmount({ amountSat, limits, perSwapSat }: OfferSituation): Split {
  const { minimumSat, maximumSat } = limits
  if (
    !isAmount(minimumSat) ||
    !isAmount(maximumSat) ||
    maximumSat === 0n ||
    minimumSat > maximumSat
  )
    return { ok: false, reason: 'malformed' }
  const largest = maximumSat < perSwapSat ? maximumSat : perSwapSat
  const count = (amountSat + largest - 1n) / largest
  if (count > mostPieces) return { ok: false, reason: 'too-many-swaps' }
  const share = amountSat / count
  const rest = amountSat % count
  if (share < minimumSat || share === 0n) return { ok: false, reason: 'below-minimum' }
  return {
    ok: true,
    piecesSat: Array.from({ length: Number(count) }, (_, at) =>
      BigInt(at) < rest ? share + 1n : share,
    ),
  }
}

const supply = 2_100_000_000_000_000n

function isAmount(value: unknown): value is bigint {
  return typeof value === 'bigint' && value >= 0n && value <= supply
}

/** Why a quote of `amountSat` cannot be used; undefined when it can. A negative fee is a provider's gift, and no reason. */
export function judgeQuote(
  quote: unknown,
  amountSat: bigint,
  now: number,
): 'malformed' | 'other-amount' | 'expired' | undefined {
  if (typeof quote !== 'object' || quote === null) return 'malformed'
  const { serviceSat, lockupSat, claimSat, prepayAtRiskSat, expiresAt, priceId } =
    quote as Partial<SwapQuote>
  const isFee =
    typeof serviceSat === 'bigint' && serviceSat >= -amountSat && serviceSat <= amountSat
  if (!isFee || !isAmount(lockupSat) || !isAmount(claimSat) || !isAmount(prepayAtRiskSat))
    return 'malformed'
  if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt)) return 'malformed'
  if (priceId !== undefined && (typeof priceId !== 'string' || priceId.length > 1000))
    return 'malformed'
  if ((quote as SwapQuote).amountSat !== amountSat) return 'other-amount'
  if (serviceSat + lockupSat >= amountSat) return 'malformed'
  return expiresAt <= now ? 'expired' : undefined
}

/** What must be locked up so that a claim pays a payout, its own dearest fee, and a rest that is no dust. In sat. */
export function onchainNeededSat(payoutSat: bigint, claimLimitSat: bigint): bigint {
  return payoutSat + claimLimitSat + dustLimitSat('p2tr')
}

/** All costs of a swap, in sat: what it may cost at most, and what it will probably cost. */
export interface OfferCosts {
  /** Service and lockup, as quoted. */
  readonly serviceSat: bigint
  /** What it will probably be, and the most that it may be. */
  readonly routingSat: bigint
  readonly routingLimitSat: bigint
  /** At the feerate of now. */
  readonly claimSat: bigint
  /** At the ceiling. */
  readonly claimLimitSat: bigint
  readonly prepaySat: bigint
}

/** What it costs when the claim pays the feerate of now and routing what it usually does. */
export function expectedCostSat(costs: OfferCosts): bigint {
  return costs.serviceSat + costs.routingSat + costs.claimSat
}

/** The same when routing takes all of its limit: what a host's cap of prices is held against. */
export function costAtLimitSat(costs: OfferCosts): bigint {
  return costs.serviceSat + costs.routingLimitSat + costs.claimSat
}

/** What is charged to the budget: nothing of it can become more. */
export function worstCostSat(costs: OfferCosts): bigint {
  const { serviceSat, routingLimitSat, claimLimitSat, prepaySat } = costs
  return (serviceSat > 0n ? serviceSat : 0n) + routingLimitSat + claimLimitSat + prepaySat
}

/** Parts per million of the amount, rounded up. */
export function ppmOf(costSat: bigint, amountSat: bigint): bigint {
  return amountSat === 0n ? 0n : (costSat * 1_000_000n + amountSat - 1n) / amountSat
}
