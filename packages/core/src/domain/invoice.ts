/** open → settled | expired | canceled; expired, canceled → settled (late). */
export type InvoiceState = 'open' | 'settled' | 'expired' | 'canceled'

/** What can happen to an invoice, as seen in LND. */
export type InvoiceFact =
  | { readonly kind: 'settled'; readonly paidMsat: bigint }
  /** LND canceled it (its expiry passed), or we did because it expired. */
  | { readonly kind: 'expired' }
  /** The host asked for it. */
  | { readonly kind: 'canceled' }

export type InvoiceStep =
  | { readonly state: 'settled'; readonly isLate: boolean }
  | { readonly state: 'expired' | 'canceled' }
  | { readonly refused: 'already-settled' | 'already-ended' | 'nothing-paid' }

/** The invoice's state machine: what a fact makes of a state, or why nothing. */
export function stepInvoice(state: InvoiceState, fact: InvoiceFact): InvoiceStep {
  if (state === 'settled') return { refused: 'already-settled' }
  if (fact.kind === 'settled') {
    if (fact.paidMsat <= 0n) return { refused: 'nothing-paid' }
    return { state: 'settled', isLate: state !== 'open' }
  }
  if (state !== 'open') return { refused: 'already-ended' }
  return { state: fact.kind }
}
