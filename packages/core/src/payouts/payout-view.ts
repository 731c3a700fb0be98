import { Amount } from '../domain/amount.ts'
import type { AttemptState, PayoutState } from '../domain/attempt.ts'
import type { DestinationKind } from '../domain/destination.ts'
import { type PayoutReason, payoutReasonOf } from '../domain/payout-reason.ts'
import type { attempts, payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import type { FeePayer } from './reservation.ts'

/** Money on its way to a partner. Times are milliseconds since 1970. */
export interface Payout {
  readonly id: string
  readonly partner: string
  /** `sending` until LND itself says how it ended (on chain: until it is final); never ended by time. */
  readonly state: PayoutState
  /** Why it waits, or how it ended; null when there is nothing to say. */
  readonly reason: PayoutReason | null
  /** What asked for it. */
  readonly purpose: 'payout' | 'refund' | 'automatic'
  /** The invoice that a refund gives back; null for every other payout. */
  readonly invoice: string | null
  /** The part of a refund that the partner owed when it was reserved, since its balance did not cover it. */
  readonly debt: Amount | null
  readonly destination: string
  readonly destinationKind: DestinationKind
  /** What the payee gets. */
  readonly amount: Amount
  /** The most that routing, or the share in a transaction, may cost on top. */
  readonly feeLimit: Amount
  /** Whose money the fee is. The partner's is reserved with the amount. */
  readonly feesPaidBy: FeePayer
  /** What it cost; null until it succeeded, or was charged again (`revived`). */
  readonly fee: Amount | null
  /** Hex; empty on chain, and before a Lightning address was resolved to an invoice. */
  readonly paymentHash: string
  /** Proof of payment (hex); null until it succeeded, and on chain. */
  readonly preimage: string | null
  /** Null on chain, and before a Lightning address was resolved to an invoice; an operator's verdict comes with one. */
  readonly attempt: PayoutAttempt | null
  /** On chain, while it waits for its transaction; else null. */
  readonly queue: PayoutQueue | null
  /** On chain: the swap whose claim pays it, or has paid it; null for every other one. */
  readonly swap: string | null
  /** On chain: the transaction that carries it, or the claim that has paid it; null before, and off chain. */
  readonly transaction: PayoutTransaction | null
  readonly idempotencyKey: string
  /** W3C Trace Context that its tries, its end and webhooks belong to; null: nobody traces it. */
  readonly traceparent: string | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** The try that counts now. What it rests on is the operator's to see: `payouts.evidence`. */
export interface PayoutAttempt {
  readonly number: number
  /** `unknown`: no status could be had from LND since it was handed over. */
  readonly state: AttemptState
  /** LND has shown that it has the payment. */
  readonly isSeen: boolean
}

/** What a queued payout waits for. */
export interface PayoutQueue {
  /** `collecting`, `feerate-above-ceiling`, …: the same as the payout's. */
  readonly reason: PayoutReason | null
  /** It does not wait for a low feerate. */
  readonly isQuick: boolean
  /** The operator lets it go. */
  readonly isReleased: boolean
  /** sat/vB above which it waits; null: only the ceilings of the options hold. */
  readonly ceiling: number | null
  /** Milliseconds since 1970: until then it waits for a low feerate; null: without an end. */
  readonly deadline: number | null
  /** What it may cost at worst, in a transaction of its own at the hard ceiling. */
  readonly worstFee: Amount
}

/** The on-chain transaction of a payout. */
export interface PayoutTransaction {
  /** Ours; of a claim: the swap's. */
  readonly id: string
  /** The chain's (txid); null before it was signed. */
  readonly transactionId: string | null
  readonly state: string
  /** 0 while it waits for a block. */
  readonly confirmations: number
}

/** A transaction's row, and the height of the chain to count its confirmations by. */
export interface Carrier {
  readonly row: Pick<
    RowOf<typeof transactions>,
    'id' | 'transaction_id' | 'state' | 'confirmed_height'
  >
  readonly height: number
}

export function payoutView(
  row: Omit<RowOf<typeof payouts>, 'revision'>,
  attempt: Omit<RowOf<typeof attempts>, 'revision'> | null,
  carrier: Carrier | null = null,
): Payout {
  return {
    id: row.id,
    partner: row.partner,
    state: row.state as PayoutState,
    reason: reasonOf(row),
    purpose: (row.purpose ?? 'payout') as Payout['purpose'],
    invoice: row.invoice,
    debt: row.debt_msat === null ? null : new Amount(row.debt_msat),
    destination: row.destination,
    destinationKind: row.destination_kind as DestinationKind,
    amount: new Amount(row.amount_msat),
    feeLimit: new Amount(row.fee_limit_msat),
    feesPaidBy: (row.fees_paid_by ?? 'partner') as FeePayer,
    fee: row.fee_msat === null ? null : new Amount(row.fee_msat),
    paymentHash: row.payment_hash,
    preimage: row.preimage,
    attempt: attempt && {
      number: attempt.number,
      state: attempt.state as AttemptState,
      isSeen: attempt.seen_at !== null,
    },
    queue: row.state === 'queued' ? queueView(row) : null,
    swap: row.swap,
    transaction: carrier && transactionView(carrier),
    idempotencyKey: row.idempotency_key,
    traceparent: row.traceparent,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function reasonOf({ reason }: Pick<RowOf<typeof payouts>, 'reason'>): PayoutReason | null {
  return reason === null ? null : payoutReasonOf(reason)
}

function queueView(row: Omit<RowOf<typeof payouts>, 'revision'>): PayoutQueue {
  return {
    reason: reasonOf(row),
    isQuick: row.is_quick === true,
    isReleased: row.is_released === true,
    ceiling: row.ceiling_sat_per_kvb === null ? null : row.ceiling_sat_per_kvb / 1000,
    deadline: row.deadline,
    worstFee: new Amount(row.fee_limit_msat),
  }
}

function transactionView({ row, height }: Carrier): PayoutTransaction {
  const confirmed = row.confirmed_height
  return {
    id: row.id,
    transactionId: row.transaction_id,
    state: row.state,
    confirmations: confirmed === null ? 0 : Math.max(0, height - confirmed + 1),
  }
}
