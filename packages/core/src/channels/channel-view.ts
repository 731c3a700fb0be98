import type { Amount } from '../domain/amount.ts'
import type { CloseAttribution } from '../domain/close-attribution.ts'
import type { CloseType } from '../ports/lightning-node.ts'

/** Where a channel is in its life, as LND showed it last. */
export type ChannelState = 'opening' | 'active' | 'inactive' | 'closing' | 'closed'

/**
 * `ours`: opened by this library, or adopted; `observe`: counted, never closed and never drained;
 * `never`: as if it were not there.
 */
export type ChannelOwnership = 'ours' | 'observe' | 'never'

/** One channel as the host sees it. Amounts of an inactive channel can be neither sent nor received. */
export interface Channel {
  /** Funding outpoint, `txid:index`. */
  readonly channelPoint: string
  /** Short channel id, decimal; null before it is confirmed. */
  readonly channelId: string | null
  readonly peer: string
  readonly peerAlias: string | null
  readonly state: ChannelState
  readonly capacity: Amount
  /** The raw balances. */
  readonly local: Amount
  readonly remote: Amount
  /** What one payment can really send or receive now, after reserves, fee buffer and pending HTLCs. */
  readonly sendable: Amount
  readonly receivable: Amount
  readonly isInitiator: boolean
  readonly isPrivate: boolean
  readonly pendingHtlcs: number
  /** Commitment updates so far. */
  readonly updateCount: number
  readonly memo: string | null
  /** With `closing` and `closed`, when LND says it. */
  readonly closeType: CloseType | null
  readonly closedBy: 'us' | 'peer' | 'both' | 'unknown' | null
  /** Block of the closing transaction, when LND says it. */
  readonly closeHeight: number | null
  /** Why it was closed, as far as it can be told; null before. */
  readonly attribution: CloseAttribution | null
  /** Null in the lists of LND alone, before the books have seen it. */
  readonly ownership: ChannelOwnership | null
  /** Milliseconds since 1970 before which nothing closes it by itself; null: there is no such promise. */
  readonly noCloseBefore: number | null
}
