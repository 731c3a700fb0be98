import { Amount } from '../domain/amount.ts'
import type { AttemptState, PayoutState } from '../domain/attempt.ts'
import type { DestinationKind } from '../domain/destination.ts'
import type { attempts, payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'

/** Money on its way to a partner. Times are milliseconds since 1970. */
export interface Payout {
  readonly id: string
  readonly partner: string
  /** `sending` until LND itself says how it ended; never ended by time. */
  readonly state: PayoutState
  /** Why it waits (`halted`, …) or failed (`no-route`, …); null when there is nothing to say. */
  readonly reason: string | null
  readonly destination: string
  readonly destinationKind: DestinationKind
  /** What the payee gets. */
  readonly amount: Amount
  /** The most that routing may cost on top. Reserved with the amount. */
  readonly feeLimit: Amount
  /** What routing cost; null until it succeeded. */
  readonly fee: Amount | null
  /** Hex. */
  readonly paymentHash: string
  /** Proof of payment (hex); null until it succeeded. */
  readonly preimage: string | null
  readonly attempt: PayoutAttempt
  readonly idempotencyKey: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** The try that counts now. */
export interface PayoutAttempt {
  readonly number: number
  /** `unknown`: no status could be had from LND since it was handed over. */
  readonly state: AttemptState
  /** LND has shown that it has the payment. */
  readonly isSeen: boolean
  /** What LND or the operator showed for this state. */
  readonly evidence: unknown
}

export function payoutView(
  row: Omit<RowOf<typeof payouts>, 'revision'>,
  attempt: Omit<RowOf<typeof attempts>, 'revision'>,
): Payout {
  return {
    id: row.id,
    partner: row.partner,
    state: row.state as PayoutState,
    reason: row.reason,
    destination: row.destination,
    destinationKind: row.destination_kind as DestinationKind,
    amount: new Amount(row.amount_msat),
    feeLimit: new Amount(row.fee_limit_msat),
    fee: row.fee_msat === null ? null : new Amount(row.fee_msat),
    paymentHash: row.payment_hash,
    preimage: row.preimage,
    attempt: {
      number: attempt.number,
      state: attempt.state as AttemptState,
      isSeen: attempt.seen_at !== null,
      evidence: attempt.evidence,
    },
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
