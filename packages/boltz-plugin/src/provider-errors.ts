import { type Outcome, PaymentNodeError, type SwapRefusal } from '@payment-node/core'

/** The server answers, and does not do it. */
export function refused(
  provider: string,
  reason: SwapRefusal,
  says: string,
  outcome: Outcome = 'none',
): PaymentNodeError<'swap.refused'> {
  return new PaymentNodeError(
    'swap.refused',
    `${provider} makes no such swap: ${says}.`,
    { provider, reason, outcome },
    { isRetryable: reason === 'quote-stale' || reason === 'rate-limited' },
  )
}

/** There is no usable answer. `reason` is kebab-case. */
export function failed(
  provider: string,
  reason: string,
  says: string,
  outcome: Outcome,
  cause?: unknown,
): PaymentNodeError<'swap.provider-failed'> {
  return new PaymentNodeError(
    'swap.provider-failed',
    `${provider} gives no usable answer: ${says}.`,
    { provider, reason, outcome },
    { advice: 'Other providers are asked meanwhile.', cause },
  )
}
