import { Amount } from '../domain/amount.ts'
import type { InvoiceState } from '../domain/invoice.ts'
import type { Metadata } from '../read-input.ts'
import type { invoices } from '../tables/invoices.ts'
import type { RowOf } from '../tables/table.ts'

/** One invoice: one payment, never reused. Times are milliseconds since 1970. */
export interface Invoice {
  readonly id: string
  readonly partner: string
  readonly state: InvoiceState
  /** What was asked; null = the payer chooses. */
  readonly amount: Amount | null
  /** What arrived and was credited; null until settled. May be more than asked. */
  readonly paid: Amount | null
  /** Of it the operator kept the partner's fee; null until settled. */
  readonly fee: Amount | null
  /** And the commission of this invoice; null until settled. */
  readonly commission: Amount | null
  /** What the partner got; null until settled. */
  readonly net: Amount | null
  /** Until then the partner cannot be paid out of it; null while open, and when it was available at once. */
  readonly availableAt: number | null
  /** Made by another program and taken over with `invoices.adopt`. */
  readonly isAdopted: boolean
  /** Paid after it had expired or was canceled; credited all the same. */
  readonly isLate: boolean
  /** BOLT11: what the payer scans. */
  readonly paymentRequest: string
  /** Hex. */
  readonly paymentHash: string
  readonly memo: string | null
  /** Hex of 32 bytes. */
  readonly descriptionHash: string | null
  /** It carries route hints over private channels. */
  readonly isPrivate: boolean
  readonly metadata: Metadata
  readonly idempotencyKey: string | null
  /** W3C Trace Context that its settlement and webhooks belong to; null: nobody traces it. */
  readonly traceparent: string | null
  readonly createdAt: number
  readonly expiresAt: number
  /** When it was settled, expired or canceled; null while open. */
  readonly endedAt: number | null
}

export function invoiceView(row: Omit<RowOf<typeof invoices>, 'revision'>): Invoice {
  const { paid_msat: paid, fee_msat, commission_msat } = row
  // Before there were fees, nothing was kept.
  const [fee, commission] = [fee_msat ?? 0n, commission_msat ?? 0n]
  return {
    id: row.id,
    partner: row.partner,
    state: row.state as InvoiceState,
    amount: row.amount_msat === null ? null : new Amount(row.amount_msat),
    paid: paid === null ? null : new Amount(paid),
    fee: paid === null ? null : new Amount(fee),
    commission: paid === null ? null : new Amount(commission),
    net: paid === null ? null : new Amount(paid - fee - commission),
    availableAt: row.available_at,
    isAdopted: row.is_adopted === true,
    isLate: row.is_late,
    paymentRequest: row.payment_request,
    paymentHash: row.payment_hash,
    memo: row.memo,
    descriptionHash: row.description_hash,
    isPrivate: row.is_private,
    metadata: row.metadata as Metadata,
    idempotencyKey: row.idempotency_key,
    traceparent: row.traceparent,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  }
}
