import { type Outcome, PaymentNodeError, type UnavailableReason } from '@payment-node/core'

/** LND cannot be used now, or its reply was lost. */
export function unavailable(
  reason: UnavailableReason,
  outcome: Outcome,
  says: string,
): PaymentNodeError<'node.unavailable'> {
  return new PaymentNodeError('node.unavailable', says, { reason, outcome })
}

/** The node understood the call and did nothing. `reason` is kebab-case. */
export function refused(
  call: string,
  reason: string,
  says: string,
): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError('node.refused', `${call}: ${says}`, { call, reason })
}
