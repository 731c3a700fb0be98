/**
 * The fee, in sat, that two LNDs agree on for a cooperative close (BOLT2 closing_signed): the opener
 * begins with its own idea, each gives way by a tenth, and takes what is at most 30 % away from its
 * last offer. So a feerate that one end asks for is hardly ever what is paid when the other's differs.
 * Undefined when the opener would have to offer more than three times its own idea: it breaks off then.
 */
export function negotiateCloseFee(idealSat: readonly [bigint, bigint]): bigint | undefined {
  const offers = [new Set<bigint>(), new Set<bigint>()] as const
  const last: [bigint | undefined, bigint | undefined] = [idealSat[0], undefined]
  offers[0].add(idealSat[0])
  let offered = idealSat[0]
  for (let to: 0 | 1 = 1; ; to = to === 0 ? 1 : 0) {
    if (offers[to].has(offered)) return offered
    const answer = compromise(idealSat[to], last[to], offered)
    if (to === 0 && answer > 3n * idealSat[0]) return undefined
    if (answer === offered) return offered
    offers[to].add(answer)
    last[to] = answer
    offered = answer
  }
}

function compromise(ideal: bigint, last: bigint | undefined, offered: bigint): bigint {
  if (last === undefined || ideal === offered) return ideal
  const tolerance = (last * 3n) / 10n
  const step = last / 10n
  if (offered < last) return offered >= last - tolerance ? offered : last - step
  return offered <= last + tolerance ? offered : last + step
}
