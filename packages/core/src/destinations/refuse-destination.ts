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
  return new PaymentNodeError(
    'payout.destination-invalid',
    `${field}: cannot pay to this destination: ${says}.`,
    { field, reason },
    { advice: 'Ask the payee for another destination.', cause },
  )
}
