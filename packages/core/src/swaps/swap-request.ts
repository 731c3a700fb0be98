import type { Amount } from '../domain/amount.ts'
import type { Change } from '../ports/storage.ts'
import type { OfferBounds } from './quote-swaps.ts'
import type { Swap, SwapUrgency } from './swap-view.ts'

/** A swap that somebody wants: the operator or the autopilot. */
export interface SwapRequest {
  readonly source: Swap['source']
  /** The decision of the autopilot that it follows from. */
  readonly decision?: string
  /** The queued on-chain payout that the claim pays: it is bound to the swap in the change that stores it. */
  readonly payout?: string
  /** On Lightning. Above a provider's limit it is split. */
  readonly amount: Amount
  /** An address of the operator's, checked for the network by the caller. Left out: LND's wallet. */
  readonly destination?: string
  readonly urgency: SwapUrgency
  /** `NodeChannel.channelId`; empty: any. */
  readonly outgoingChannels: readonly string[]
  readonly limits: Omit<OfferBounds, 'amountSat' | 'providers'>
  readonly providers?: readonly string[]
  readonly idempotencyKey: string
  /** Canonical text: the same key must come with the same one. */
  readonly written: string
  /** Of whoever decided as the leader: one that was replaced meanwhile stores nothing. */
  readonly fence?: Change['fence']
}
