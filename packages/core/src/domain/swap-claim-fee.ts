/** Virtual bytes of a claim that pays a taproot output, the widest: with the provider's half, and by script. */
export const claimBytes = { cooperative: 111, script: 152 } as const
/** Virtual bytes of one more output, the widest: a claim that pays a payout has the wallet's rest as well. */
const outputBytes = 43

/** Virtual bytes of a claim at most, with the output of a payout or without. */
export function claimBytesOf(path: keyof typeof claimBytes, paysPayout: boolean): number {
  return claimBytes[path] + (paysPayout ? outputBytes : 0)
}

/** What a claim's feerate is decided on. Feerates in sat/vB. */
export interface ClaimFeeSituation {
  /** What the chain asks now. */
  readonly feerate: number
  /** No claim is made above it before anything is revealed, nor while there is time. */
  readonly ceiling: number
  /** Near the timeout the fee may then go up to the claimed value. */
  readonly isRevealed: boolean
  readonly blocksLeft: number
}

/** With more blocks left a claim may wait: what the chain asks for an hour, or a fee source by mistake, passes. */
const urgentBlocks = 72

/**
 * What a claim should pay per virtual byte. Once the preimage is known and the timeout comes near, the closer the more:
 * the lockup is worth more than any fee then, and what is asked for beyond its value is cut there.
 */
export function claimFeerate(situation: ClaimFeeSituation): number {
  const { feerate, ceiling, isRevealed, blocksLeft } = situation
  if (!isRevealed || blocksLeft > urgentBlocks) return Math.min(feerate, ceiling)
  return feerate * urgencyOf(blocksLeft)
}

function urgencyOf(blocksLeft: number): number {
  if (blocksLeft > 36) return 1.5
  if (blocksLeft > 12) return 3
  if (blocksLeft > 6) return 10
  // Twice as much with each block, up to whatever it is worth.
  return 10 * 2 ** (7 - Math.max(0, blocksLeft))
}

/** A replacement that changes little only costs: at least a tenth more per byte than `last` pays. */
export function isWorthReplacing(
  last: { readonly feeSat: bigint; readonly virtualBytes: number },
  feerate: number,
): boolean {
  return feerate >= (Number(last.feeSat) / last.virtualBytes) * 1.1
}

/** The most that a claim may cost before anything is revealed, in sat. */
export function worstClaimSat(ceiling: number, paysPayout = false): bigint {
  return BigInt(Math.ceil(ceiling * claimBytesOf('script', paysPayout)))
}
