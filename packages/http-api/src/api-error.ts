/** What the API itself refuses, before the library is asked. The answer has the same form as the library's errors. */
export type ApiErrorCode =
  /** No key, or one that is not (or no longer) known. */
  | 'api.unauthenticated'
  /** The key is known and may not do that. */
  | 'api.forbidden'
  | 'api.rate-limited'
  | 'api.route-not-found'
  /** The body is no JSON. */
  | 'api.body-malformed'
  | 'api.body-too-large'
  | 'api.media-type-unsupported'
  /** A defect of ours; the log has more. */
  | 'api.internal'

/** Code → HTTP status. */
export const apiErrorStatus: Readonly<Record<ApiErrorCode, number>> = {
  'api.unauthenticated': 401,
  'api.forbidden': 403,
  'api.rate-limited': 429,
  'api.route-not-found': 404,
  'api.body-malformed': 400,
  'api.body-too-large': 413,
  'api.media-type-unsupported': 415,
  'api.internal': 500,
}

/** A refusal of the API itself. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly details: Readonly<Record<string, unknown>>
  readonly advice: string

  constructor(
    code: ApiErrorCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; advice?: string } = {},
  ) {
    super(message)
    this.code = code
    this.details = options.details ?? {}
    this.advice = options.advice ?? ''
  }

  /** The form of `PaymentNodeError.toJSON()`. */
  toJSON(): Record<string, unknown> {
    const { code, message, details, advice } = this
    const isRetryable = code === 'api.rate-limited'
    return { code, message, details, isRetryable, fundsAtRisk: false, advice }
  }
}
