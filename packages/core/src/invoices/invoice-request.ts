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
