import { PaymentNodeError } from '@payment-node/core'

/** A parameter of a sandbox's route that cannot be used, in the form of the library's own. */
export function invalidInput(
  field: string,
  reason: string,
  says: string,
): PaymentNodeError<'input.invalid'> {
  return new PaymentNodeError('input.invalid', `${field}: ${says}`, { field, reason })
}
