import { PaymentNodeError } from '@payment-node/core'

/** The configuration file cannot be used; `says` names it. */
export function refuseConfiguration(
  reason: string,
  says: string,
  advice: string,
  cause?: unknown,
): PaymentNodeError<'options.invalid'> {
  return new PaymentNodeError(
    'options.invalid',
    says,
    { field: 'configuration', reason },
    { advice, cause },
  )
}
