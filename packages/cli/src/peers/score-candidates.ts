import type { Candidate } from './candidate.ts'

/**
 * Best first: the good ones, the doubtful ones, then those that are left out. Among those that can be
 * used, the score is the mean of three places: by channels and by capacity in LND's graph, and by
 * age in the ranking.
 */
export function scoreCandidates(candidates: readonly Candidate[]): Candidate[] {
  const usable = candidates.filter(({ verdict }) => verdict !== 'left-out')
  const places = [
    placesBy(usable, ({ channels }) => BigInt(channels!)),
    placesBy(usable, ({ capacity }) => capacity!.msat),
    // Whose age is not known comes last.
    placesBy(usable, ({ firstSeenAt }) => -BigInt(firstSeenAt ?? Number.MAX_SAFE_INTEGER)),
  ]
  const scored = candidates.map((candidate) => {
    const sum = places.reduce((total, place) => total + (place.get(candidate) ?? Number.NaN), 0)
    return Number.isNaN(sum) ? candidate : { ...candidate, score: Math.round((sum * 10) / 3) / 10 }
  })
  return scored.sort(
    (one, other) =>
      verdicts.indexOf(one.verdict) - verdicts.indexOf(other.verdict) ||
      (one.score ?? 0) - (other.score ?? 0) ||
      (one.rankingPlace ?? Infinity) - (other.rankingPlace ?? Infinity) ||
      (one.publicKey < other.publicKey ? -1 : 1),
  )
}

const verdicts = ['good', 'doubtful', 'left-out']

/** The largest has place 1; equal ones share a place. */
function placesBy(
  candidates: readonly Candidate[],
  measure: (candidate: Candidate) => bigint,
): Map<Candidate, number> {
  const sizes = candidates.map(measure).sort((one, other) => (one < other ? 1 : -1))
  const first = new Map<bigint, number>()
  for (const [index, size] of sizes.entries()) if (!first.has(size)) first.set(size, index + 1)
  return new Map(candidates.map((candidate) => [candidate, first.get(measure(candidate))!]))
}
