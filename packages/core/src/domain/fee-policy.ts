/** What the operator calls an acceptable feerate; sat/vB. */
export interface FeePolicy {
  /** Nothing is ever sent above it. */
  readonly hardCeiling: number
  /** What need not go at once waits above it. */
  readonly ceiling: number
  /** 1 to 100: low is what at most so many percent of the recorded feerates are below. */
  readonly percentile: number
  /** Days that are looked back upon. */
  readonly days: number
}

/** A feerate that was seen; `at` in milliseconds since 1970. */
export interface FeePoint {
  readonly at: number
  /** sat/vB. */
  readonly satPerVbyte: number
}

/** What the recorded past says. */
export interface FeePast {
  /** Of the last `days` days: those with a recorded feerate. */
  readonly recordedDays: number
  /** sat/vB below which a feerate is low; null until all days are recorded. */
  readonly percentileFeerate: number | null
}

/** How urgent it is. */
export interface FeeTerms {
  /** At once, whatever it costs below the hard ceiling. */
  readonly isQuick: boolean
  /** The operator lets it go. */
  readonly isReleased: boolean
  /** sat/vB, of this payout; the operator's own ceiling holds as well. */
  readonly ceiling: number | null
  /** Milliseconds since 1970: from then on only the hard ceiling holds. */
  readonly deadline: number | null
}

/** Why it may go now, or has to wait. */
export type FeeReason =
  | 'quick'
  | 'released'
  | 'deadline-passed'
  /** Below ceiling and percentile. */
  | 'low'
  /** Below the ceiling; too little is recorded to know what is low. */
  | 'below-ceiling'
  | 'feerate-above-hard-ceiling'
  | 'feerate-above-ceiling'
  | 'feerate-above-percentile'

/** Whether a transaction may be sent at this feerate, and why. Feerates in sat/vB. */
export interface FeeVerdict {
  readonly isAcceptable: boolean
  readonly reason: FeeReason
  /** What would be paid: whole, at least 1. */
  readonly feerate: number
  /** The lowest ceiling that holds now. */
  readonly ceiling: number
  /** What counts as low; null where it does not count, or is not known yet. */
  readonly percentileFeerate: number | null
  /** For people. */
  readonly says: string
}

const day = 86_400_000

/** What LND is asked for: whole sat/vB, rounded up, at least 1. */
export function payableFeerate(feerate: number): number {
  return Math.max(1, Math.ceil(feerate))
}

/**
 * What is low, told from the past (nearest rank). Unknown until each of the last days has a recorded feerate:
 * what a quiet afternoon shows says nothing about a week.
 */
export function readPast(points: readonly FeePoint[], now: number, policy: FeePolicy): FeePast {
  const since = now - policy.days * day
  const recent = points.filter(({ at }) => at > since && at <= now)
  const recordedDays = new Set(recent.map(({ at }) => Math.floor((now - at) / day))).size
  if (recordedDays < policy.days) return { recordedDays, percentileFeerate: null }
  const sorted = recent.map(({ satPerVbyte }) => satPerVbyte).sort((a, b) => a - b)
  const rank = Math.ceil((policy.percentile / 100) * sorted.length)
  return { recordedDays, percentileFeerate: sorted[Math.max(1, rank) - 1]! }
}

/** Whether a transaction with these terms may be sent at `feerate` (sat/vB, as it was observed). */
export function judgeFee(
  feerate: number,
  terms: FeeTerms,
  past: FeePast,
  policy: FeePolicy,
  now: number,
): FeeVerdict {
  const payable = payableFeerate(feerate)
  const { hardCeiling } = policy
  const asks = `The chain asks ${payable} sat/vB`
  const verdict = (
    isAcceptable: boolean,
    reason: FeeReason,
    ceiling: number,
    percentileFeerate: number | null,
    says: string,
  ): FeeVerdict => ({ isAcceptable, reason, feerate: payable, ceiling, percentileFeerate, says })

  // Also true for what is no number.
  if (!(payable <= hardCeiling)) {
    const says = `${asks}, the hard ceiling is ${hardCeiling}.`
    return verdict(false, 'feerate-above-hard-ceiling', hardCeiling, null, says)
  }
  const urgency = urgencyOf(terms, now)
  if (urgency) {
    const says = `${asks}; ${urgencySays[urgency]}: only the hard ceiling of ${hardCeiling} holds.`
    return verdict(true, urgency, hardCeiling, null, says)
  }
  const ceiling = Math.min(hardCeiling, policy.ceiling, terms.ceiling ?? Number.POSITIVE_INFINITY)
  const { percentileFeerate: low, recordedDays } = past
  if (!(payable <= ceiling)) {
    return verdict(
      false,
      'feerate-above-ceiling',
      ceiling,
      low,
      `${asks}, the ceiling is ${ceiling}.`,
    )
  }
  if (low === null) {
    const says = `${asks}, below the ceiling of ${ceiling}; it alone decides until ${policy.days} days are recorded (${recordedDays} are).`
    return verdict(true, 'below-ceiling', ceiling, null, says)
  }
  if (feerate > low) {
    const says = `${asks}; low is up to ${low}, the ${policy.percentile}th percentile of the last ${policy.days} days.`
    return verdict(false, 'feerate-above-percentile', ceiling, low, says)
  }
  const says = `${asks}, below the ceiling of ${ceiling} and within the lowest ${policy.percentile} % of the last ${policy.days} days (up to ${low}).`
  return verdict(true, 'low', ceiling, low, says)
}

const urgencySays = {
  quick: 'it is quick',
  released: 'the operator has released it',
  'deadline-passed': 'its deadline has passed',
} as const

function urgencyOf(terms: FeeTerms, now: number): keyof typeof urgencySays | undefined {
  if (terms.isQuick) return 'quick'
  if (terms.isReleased) return 'released'
  return terms.deadline !== null && now >= terms.deadline ? 'deadline-passed' : undefined
}
