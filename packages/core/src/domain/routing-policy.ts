import type { ChannelLiquidity } from './channel.ts'

/** How routing fees follow what a channel can still send. Rates in ppm of what is forwarded. */
export interface RoutingRule {
  readonly baseFeeMsat: bigint
  /** When everything is on our side. */
  readonly lowestRate: number
  /** When nothing is left to send. */
  readonly highestRate: number
  /** Equal steps between the two. */
  readonly steps: number
}

/** What a channel asks. */
export interface RoutingFee {
  readonly baseFeeMsat: bigint
  readonly feeRatePpm: number
}

/** How far, in steps, the rate may be from where it should be before it is changed: more than half a step, so that it does not swing. */
const tolerance = 0.75

/**
 * What can be sent of what the channel can carry, 0 to 1; undefined when it carries nothing now.
 */
export function outboundShare({
  sendableMsat,
  receivableMsat,
}: ChannelLiquidity): number | undefined {
  const wholeMsat = sendableMsat + receivableMsat
  return wholeMsat === 0n ? undefined : Number((sendableMsat * 1_000_000n) / wholeMsat) / 1_000_000
}

/**
 * Scarce outbound costs more: the rate falls linearly from `highestRate` at an outbound share of 0 to
 * `lowestRate` at 1, in steps. A rate that is on a step stays until it should be more than three
 * quarters of a step away, so that a change needs another quarter of a step before the next one, and
 * the network hears of few. A rate that is on no step (somebody else's) moves to the nearest one.
 */
export function decideRoutingFee(
  rule: RoutingRule,
  share: number,
  current: RoutingFee,
): RoutingFee {
  const { baseFeeMsat, steps } = rule
  const ideal = (1 - share) * steps
  // Steps of less than 1 ppm share a rate: the nearest one counts.
  const on = levels(rule).filter((level) => rateAt(rule, level) === current.feeRatePpm)
  const isNear = on.some((level) => Math.abs(ideal - level) <= tolerance)
  const feeRatePpm = isNear ? current.feeRatePpm : rateAt(rule, Math.round(ideal))
  return { baseFeeMsat, feeRatePpm }
}

/** Whether two fees are the same. */
export function isSameFee(one: RoutingFee, other: RoutingFee): boolean {
  return one.baseFeeMsat === other.baseFeeMsat && one.feeRatePpm === other.feeRatePpm
}

function rateAt({ lowestRate, highestRate, steps }: RoutingRule, level: number): number {
  return Math.round(lowestRate + ((highestRate - lowestRate) * level) / steps)
}

function levels({ steps }: RoutingRule): number[] {
  return Array.from({ length: steps + 1 }, (_, level) => level)
}
