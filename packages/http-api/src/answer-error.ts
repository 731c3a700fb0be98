import { type Logger, PaymentNodeError } from '@payment-node/core'
import { HTTPException } from 'hono/http-exception'
import { ApiError, apiErrorStatus } from './api-error.ts'
import type { Caller } from './caller.ts'
import { statusOf } from './error-status.ts'

/** An error as it is answered: status, body, and what a client's retry loop reads. */
export interface ErrorAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}

/** Everything that can be thrown has the same form outside; what is unexpected is logged and not told. */
export function answerError(
  error: unknown,
  caller: Caller | undefined,
  logger: Logger,
): ErrorAnswer {
  if (PaymentNodeError.is(error)) {
    const status = statusOf(error.code)
    return {
      status,
      body: caller?.partner === undefined ? error.toJSON() : forPartner(error, status),
      headers: status === 503 && error.isRetryable ? { 'Retry-After': '5' } : {},
    }
  }
  const known = error instanceof ApiError ? error : readException(error)
  if (known === undefined) {
    logger.error('a request failed unexpectedly', {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
  }
  const refusal = known ?? new ApiError('api.internal', 'Something went wrong here.')
  const seconds = refusal.details.retryAfter
  return {
    status: apiErrorStatus[refusal.code],
    body: refusal.toJSON(),
    headers: {
      ...(refusal.code === 'api.unauthenticated' && { 'WWW-Authenticate': 'Bearer' }),
      ...(typeof seconds === 'number' && { 'Retry-After': String(seconds) }),
    },
  }
}

/** The framework's own refusals. */
function readException(error: unknown): ApiError | undefined {
  if (!(error instanceof HTTPException)) return undefined
  if (error.status === 413) return new ApiError('api.body-too-large', 'The body is too large.')
  if (error.status === 400) {
    return new ApiError('api.body-malformed', 'The body is not well-formed JSON.')
  }
  return undefined
}

/** A partner is not told about the operator's node and storage, what the operator wrote, or others' payouts. */
function forPartner(error: PaymentNodeError, status: number): Record<string, unknown> {
  const { code, isRetryable, fundsAtRisk } = error
  if (status >= 500) {
    const message = 'This cannot be done now.'
    return { code, message, details: {}, isRetryable, fundsAtRisk, advice: '' }
  }
  if (status === 404) {
    // The same words for what is another partner's and for what never was.
    const message = `There is no such ${code.split('.')[0]}.`
    return { code, message, details: error.details, isRetryable, fundsAtRisk, advice: '' }
  }
  if (PaymentNodeError.is(error, 'payout.hash-used')) {
    const { paymentHash } = error.details
    const message = 'This invoice is being paid, or was paid, already.'
    return { code, message, details: { paymentHash }, isRetryable, fundsAtRisk, advice: '' }
  }
  return error.toJSON()
}
