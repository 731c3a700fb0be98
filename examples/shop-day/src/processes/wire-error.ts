import { type ErrorCode, PaymentNodeError } from '@payment-node/core'

/** An error as it crosses between two processes: structured cloning keeps only an Error's message. */
export interface WireError {
  readonly message: string
  /** Set when it was a PaymentNodeError. */
  readonly known?: Pick<
    PaymentNodeError,
    'code' | 'details' | 'advice' | 'fundsAtRisk' | 'isRetryable'
  >
}

export function toWire(error: unknown): WireError {
  const message = error instanceof Error ? error.message : String(error)
  if (!PaymentNodeError.is(error)) return { message }
  const { code, details, advice, fundsAtRisk, isRetryable } = error
  return { message, known: { code, details, advice, fundsAtRisk, isRetryable } }
}

export function fromWire({ message, known }: WireError): Error {
  if (!known) return new Error(message)
  const { code, details, ...rest } = known
  // The constructor adds the advice again.
  const says = rest.advice ? message.slice(0, -rest.advice.length - 1) : message
  return new PaymentNodeError<ErrorCode>(code, says, details, rest)
}
