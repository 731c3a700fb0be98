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
  readonly createdAt: number
  readonly expiresAt: number
  /** When it was settled, expired or canceled; null while open. */
  readonly endedAt: number | null
}

export function invoiceView(row: Omit<RowOf<typeof invoices>, 'revision'>): Invoice {
  return {
    id: row.id,
    partner: row.partner,
    state: row.state as InvoiceState,
    amount: row.amount_msat === null ? null : new Amount(row.amount_msat),
    paid: row.paid_msat === null ? null : new Amount(row.paid_msat),
    isLate: row.is_late,
    paymentRequest: row.payment_request,
    paymentHash: row.payment_hash,
    memo: row.memo,
    descriptionHash: row.description_hash,
    isPrivate: row.is_private,
    metadata: row.metadata as Metadata,
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  }
}
