import { Amount } from '../domain/amount.ts'
import type { DelegatedSwapState, SwapState } from '../domain/swap.ts'
import type { swaps } from '../tables/swaps.ts'
import type { RowOf } from '../tables/table.ts'

/** How much a swap is worth its cost. `urgent` lifts the waiting, never a limit. */
export type SwapUrgency = 'low' | 'normal' | 'urgent'

/** Lightning money that becomes on-chain money. Times are milliseconds since 1970. */
export interface Swap {
  readonly id: string
  /** The first swap of the same request: more than one when it was split. */
  readonly request: string
  readonly provider: string
  /** `delegated`: a daemon acts, and we follow. */
  readonly custody: 'self' | 'delegated'
  readonly state: SwapState | DelegatedSwapState
  /** Why it waits or how it ended (`halted`, `invoice-expired`, …); null when there is nothing to say. */
  readonly reason: string | null
  readonly source: 'operator' | 'autopilot'
  /** The decision that it follows from. */
  readonly decision: string | null
  /** The payout that its claim pays; what became of it says the payout. */
  readonly payout: string | null
  readonly urgency: SwapUrgency
  /** On Lightning, without routing. */
  readonly amount: Amount
  /** What is locked up on chain; null before the provider's terms were verified. */
  readonly onchain: Amount | null
  /** Where the claim pays to, with a payout the partner's; null: an address of LND's wallet that is not chosen yet. */
  readonly destination: string | null
  /** With a payout: the wallet's address for what the claim does not pay to the partner; null before it is chosen. */
  readonly restDestination: string | null
  readonly destinationKind: 'wallet' | 'operator' | 'payout'
  /** SHA-256 of the preimage, hex: LND's payment has it. */
  readonly paymentHash: string
  /** The provider's own id. */
  readonly providerId: string | null
  /** Block from which the provider can take its lockup back. */
  readonly timeoutHeight: number | null
  /** `txid:index` of what is claimed. */
  readonly lockup: string | null
  /** Claim transactions stored so far. */
  readonly claims: number
  /** From then on it must be claimed. */
  readonly revealedAt: number | null
  readonly limits: SwapCosts
  /** Real costs, as they become known. */
  readonly costs: SwapCosts
  readonly createdAt: number
  readonly updatedAt: number
  readonly endedAt: number | null
}

/** What a swap may cost, or has cost. Null: not known yet. */
export interface SwapCosts {
  /** The provider's fee and the miner fee of its lockup. */
  readonly service: Amount | null
  readonly routing: Amount | null
  /** The miner fee of the claim. */
  readonly claim: Amount | null
  readonly prepay: Amount | null
}

export function swapView(row: Omit<RowOf<typeof swaps>, 'revision'>): Swap {
  const known = (msat: bigint | null): Amount | null => (msat === null ? null : new Amount(msat))
  return {
    id: row.id,
    request: row.request_group,
    provider: row.provider,
    custody: row.custody as Swap['custody'],
    state: row.state as Swap['state'],
    reason: row.reason,
    source: row.source as Swap['source'],
    decision: row.decision,
    payout: row.payout,
    urgency: row.urgency as SwapUrgency,
    amount: new Amount(row.amount_msat),
    onchain: known(row.onchain_msat),
    destination: row.destination === '' ? null : row.destination,
    restDestination: row.rest_destination,
    destinationKind: row.destination_kind as Swap['destinationKind'],
    paymentHash: row.payment_hash,
    providerId: row.provider_id,
    timeoutHeight: row.timeout_height,
    lockup: row.lockup_outpoint,
    claims: row.claims,
    revealedAt: row.revealed_at,
    limits: {
      service: new Amount(row.service_limit_msat),
      routing: new Amount(row.routing_limit_msat),
      claim: new Amount(row.claim_limit_msat),
      prepay: new Amount(row.prepay_limit_msat),
    },
    costs: {
      service: known(row.service_msat),
      routing: known(row.routing_msat),
      claim: known(row.claim_fee_msat),
      prepay: known(row.prepay_lost_msat),
    },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
  }
}
