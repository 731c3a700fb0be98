import type { Amount } from '../domain/amount.ts'

/** What the keeper decided at one moment, and why. Written when it differs from the one before. */
export interface KeeperDecision {
  readonly id: string
  readonly mode: 'observe' | 'recommend' | 'act'
  /** `open`: a channel; `enough`: nothing is missing; `wait`: not yet; `blocked`: something must change first. */
  readonly verdict: 'open' | 'enough' | 'wait' | 'blocked'
  /** Machine-readable. */
  readonly reason: string
  readonly peer: string | null
  readonly capacity: Amount
  /** Worst-case on-chain fee of what it would open. */
  readonly cost: Amount
  /** What it saw (`active`, `counted`, `minimum`, `feerate`, …), and the peers it passed over with the reason. */
  readonly details: unknown
  /** The opening that followed; null when none did. */
  readonly opening: string | null
  /** Milliseconds since 1970. */
  readonly decidedAt: number
}
