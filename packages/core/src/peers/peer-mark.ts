import type { peerMarks } from '../tables/keeper.ts'
import type { Fields } from '../tables/table.ts'

/**
 * Why no channel is opened to a peer: for good (`blacklisted`), for a while (`cooling-down`), or because the
 * operator closed one (`closed-by-operator`: it is not opened again, and nothing is opened in its place).
 */
export interface PeerMark {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  readonly state: 'blacklisted' | 'cooling-down' | 'closed-by-operator'
  /** Machine-readable: `unprovoked`, `breach`, `peer-unreachable`, `too-small`, `operator`, … */
  readonly reason: string
  /** For people. */
  readonly says: string
  /** Milliseconds since 1970; null: until the operator allows it. */
  readonly until: number | null
  /** The operator closed a channel with it, and nothing is opened in its place; in any state. */
  readonly isWaived: boolean
  /** Failures in a row. */
  readonly failures: number
  /** What was seen. */
  readonly evidence: unknown
  readonly since: number
}

export function peerMarkView(row: Fields<typeof peerMarks>): PeerMark {
  return {
    publicKey: row.peer,
    state: row.state as PeerMark['state'],
    reason: row.reason,
    says: row.says,
    until: row.until,
    isWaived: row.is_waived === true,
    failures: row.failures,
    evidence: row.evidence,
    since: row.created_at,
  }
}
