import type { Amount, GraphNode } from '@payment-node/core'
import type { Reach } from './choose-address.ts'
import type { RankedNode } from './read-ranking.ts'

/** A channel that we have with a node already. */
export type OwnChannel = 'active' | 'inactive' | 'opening' | 'closing'

/** What the books remember of a peer. */
export interface Mark {
  readonly state: 'blacklisted' | 'cooling-down' | 'closed-by-operator'
  readonly reason: string
}

/** Everything that is known about a node, from whom it is known. */
export interface CandidateFacts {
  readonly publicKey: string
  /** Undefined: in the list, and not in the ranking. */
  readonly ranked: RankedNode | undefined
  /** Undefined: LND's graph does not know it. */
  readonly graph: GraphNode | undefined
  readonly channel: OwnChannel | undefined
  readonly mark: Mark | undefined
  /** Its address in the list that there is. */
  readonly addressBefore: string | undefined
}

/** What comes of it. `doubtful` ones come after the good ones; `left-out` ones are not listed. */
export type Verdict = 'good' | 'doubtful' | 'left-out'

/** A node that was looked at, as `--json` prints it. */
export interface Candidate {
  readonly publicKey: string
  readonly alias: string
  readonly verdict: Verdict
  /** Machine-readable, and for people; none when it is good. */
  readonly reasons: readonly { readonly reason: string; readonly says: string }[]
  /** Mean of its places by channels, capacity and age among those that can be used; lower is better. */
  readonly score: number | null
  /** Place in the ranking, from 1. */
  readonly rankingPlace: number | null
  readonly address: string | null
  readonly reach: Reach | null
  readonly channels: number | null
  readonly capacity: Amount | null
  /** A hint at the smallest that it takes. */
  readonly smallestChannel: Amount | null
  /** What to open with it, when that is not what `channels.capacity` says. */
  readonly opensWith: Amount | null
  /** Milliseconds since 1970, from the ranking. */
  readonly firstSeenAt: number | null
  /** Milliseconds since 1970, from LND's graph. */
  readonly lastUpdateAt: number | null
  /** Our own channel with it. */
  readonly channel: OwnChannel | null
}
