/**
 * Feerates by confirmation target and their recent past. LND's own estimate is the fallback.
 */
export interface FeeSource {
  readonly contractVersion: 1
  readonly name: string
  /** sat/vB to confirm within `blocks`. Rejects rather than guess; the caller falls back and says so. */
  feerate(blocks: number, signal?: AbortSignal): Promise<FeeEstimate>
  /** Observations newer than `since` (milliseconds since 1970), oldest first; may be empty. */
  history?(since: number, signal?: AbortSignal): Promise<readonly FeeEstimate[]>
}

/** One observed or estimated feerate. */
export interface FeeEstimate {
  /** Milliseconds since 1970 at which the source observed it. */
  readonly at: number
  /** Virtual bytes cost this many sat; may be fractional. */
  readonly satPerVbyte: number
}
