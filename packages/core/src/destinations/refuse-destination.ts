import { PaymentNodeError } from '../errors.ts'

/** It is understood, and cannot be paid whatever the payee does: `kind` is stable. */
export function unsupportedDestination(
  kind: string,
  says: string,
  advice: string,
): PaymentNodeError<'payout.destination-unsupported'> {
  return new PaymentNodeError(
    'payout.destination-unsupported',
    `This destination (${kind}) cannot be paid: ${says}.`,
    { kind },
    { advice },
  )
}

/** It is damaged, for another network, or its server does not keep to the protocol: `reason` is stable. */
export function invalidDestination(
  field: string,
  reason: string,
  says: string,
  cause?: unknown,
): PaymentNodeError<'payout.destination-invalid'> {
  const message = `${field}: cannot pay to this destination: ${says}.`
  return invalid(field, reason, message, 'Ask the payee for another destination.', cause)
}

/** The same of a BOLT11 invoice that somebody gave. */
export function invalidInvoice(
  field: string,
  reason: string,
  says: string,
  cause?: unknown,
): PaymentNodeError<'payout.destination-invalid'> {
  const message = `${field}: cannot pay this invoice: ${says}.`
  return invalid(field, reason, message, 'Ask the payee for another invoice.', cause)
}

function invalid(
  field: string,
  reason: string,
  message: string,
  advice: string,
  cause: unknown,
): PaymentNodeError<'payout.destination-invalid'> {
  const details = { field, reason }
  return new PaymentNodeError('payout.destination-invalid', message, details, { advice, cause })
}
