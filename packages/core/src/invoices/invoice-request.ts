import { PaymentNodeError } from '../errors.ts'
import type { InvoiceRequest } from './create-invoice.ts'

/** The request as one text with a fixed order of fields, stored with the invoice. */
export function writeRequest(request: InvoiceRequest): string {
  return JSON.stringify({
    partner: request.partner,
    amount: request.amountMsat === null ? null : `${request.amountMsat} msat`,
    expiresIn: request.expirySeconds,
    memo: request.memo,
    descriptionHash: request.descriptionHash,
    privateRouteHints: request.isPrivate,
    metadata: Object.entries(request.metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
  })
}

/** Throws `idempotency.conflict`, naming the first field that differs. */
export function requireSameRequest(earlier: string, now: string, idempotencyKey: string): void {
  if (earlier === now) return
  const before = JSON.parse(earlier) as Record<string, unknown>
  const after = JSON.parse(now) as Record<string, unknown>
  const names = Object.keys({ ...before, ...after })
  const field =
    names.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])) ?? 'request'
  throw new PaymentNodeError(
    'idempotency.conflict',
    `The idempotency key ${JSON.stringify(idempotencyKey)} was used with another ${field}.`,
    { idempotencyKey, field },
    { advice: 'Repeat the call exactly, or use a new key for a new request.' },
  )
}
