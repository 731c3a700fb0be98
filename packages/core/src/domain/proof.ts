import { atLeastZero, sumOf } from './bigints.ts'

/** An amount of which only bounds are known, in msat. */
export interface Bounds {
  readonly low: bigint
  readonly high: bigint
}

/** What LND has in one place, by its own word. */
export interface Asset extends Bounds {
  /** `wallet`, `wallet locked`, `channels`, `channels opening`, `channels closing`. */
  readonly name: string
  /** The same coins may be counted in the wallet, too. */
  readonly mayOverlap?: true
}

/** What the books say that LND should have, in msat. */
export interface BooksTotal {
  /** Owed to partners: available, pending and reserved, less what they owe. */
  readonly owedMsat: bigint
  /** The operator's own. */
  readonly operatorMsat: bigint
}

/** Books and LND at one moment, as far as a moment can be had. */
export interface ProofSnapshot {
  readonly assets: readonly Asset[]
  /** Before and after LND was read; what moved between them blurs the picture by as much. */
  readonly before: BooksTotal
  readonly after: BooksTotal
  /** Worst cost of payouts that LND may have paid already and that are not booked yet. */
  readonly inFlightMsat: bigint
  /** What the wallet's newest transactions changed and nobody has booked yet: they are not final. */
  readonly unbookedMsat: bigint
  /** By how much closes and sweeps may have cost more than is booked. */
  readonly slackMsat: bigint
  /** What the chain cannot hold: fractions of a satoshi, ours and the peer's, when a channel ended. */
  readonly roundingMsat: bigint
}

/**
 * `proved`: LND has what the books say. `short`: value is missing. `insolvent`: LND has less than partners
 * are owed. `surplus`: LND has more; it is the operator's.
 */
export type ProofVerdict = 'proved' | 'short' | 'insolvent' | 'surplus'

/** What follows from a {@link ProofSnapshot}. */
export interface ProofJudgement {
  readonly verdict: ProofVerdict
  /** How much is missing (or too much, with `surplus`) for certain, in msat. */
  readonly differenceMsat: bigint
  readonly assets: Bounds
  /** What LND should have by the books. */
  readonly expected: Bounds
  /** What is lacking to pay every partner, in msat; 0n when nothing is. */
  readonly lackingMsat: bigint
}

/**
 * Money rule 16. Only what is certain counts: the most that LND may have against the least that it must,
 * and the other way round.
 */
export function judgeProof(snapshot: ProofSnapshot): ProofJudgement {
  const { before, after, inFlightMsat, unbookedMsat, slackMsat, roundingMsat } = snapshot
  const assets = {
    low: sumOf(snapshot.assets.map(({ low }) => low)),
    high: sumOf(snapshot.assets.map(({ high }) => high)),
  }
  const totals = [before, after].map(({ owedMsat, operatorMsat }) => owedMsat + operatorMsat)
  const [less, more] = ascending(totals)
  const moved = more - less
  const expected = {
    low: less - moved + unbookedMsat - inFlightMsat - slackMsat - roundingMsat,
    // The cost of a close is booked in whole satoshi, with the fraction that was the peer's.
    high: more + moved + unbookedMsat + roundingMsat,
  }
  const [owedMsat] = ascending([before.owedMsat, after.owedMsat])
  const lackingMsat = atLeastZero(owedMsat - moved - inFlightMsat - assets.high)
  const missingMsat = atLeastZero(expected.low - assets.high)
  const foundMsat = atLeastZero(assets.low - expected.high)
  const judged = { assets, expected, lackingMsat }
  if (lackingMsat > 0n) return { ...judged, verdict: 'insolvent', differenceMsat: lackingMsat }
  if (missingMsat > 0n) return { ...judged, verdict: 'short', differenceMsat: missingMsat }
  if (foundMsat > 0n) return { ...judged, verdict: 'surplus', differenceMsat: foundMsat }
  return { ...judged, verdict: 'proved', differenceMsat: 0n }
}

/** Nothing moved while it was taken and nothing is under way: then a surplus is one, to the msat. */
export function isQuiet({
  before,
  after,
  inFlightMsat,
  slackMsat,
  assets,
}: ProofSnapshot): boolean {
  const isStill = before.owedMsat === after.owedMsat && before.operatorMsat === after.operatorMsat
  const isCertain = assets.every(({ mayOverlap, high }) => !mayOverlap || high === 0n)
  return isStill && isCertain && inFlightMsat === 0n && slackMsat === 0n
}

function ascending(two: readonly bigint[]): readonly [bigint, bigint] {
  const [a = 0n, b = 0n] = two
  return a > b ? [b, a] : [a, b]
}
