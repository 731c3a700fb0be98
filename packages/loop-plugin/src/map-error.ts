import { type ServiceError, status } from '@grpc/grpc-js'
import type { Outcome, PaymentNodeError, SwapRefusal } from '@payment-node/core'
import { type FailedReason, failed, refused } from './provider-failed.ts'

/** Node's words when TLS does not accept the certificate. */
const certificateWords =
  /certificate|self.signed|altnames|CERT_|unable to verify|unable to get (local )?issuer/i

/** loopd's interceptor and its macaroon library, before the call is looked at. */
const macaroonWords =
  /^(verification failed: |cannot (get|retrieve) macaroon|expected 1 macaroon, got \d|caveat ".*" not satisfied|permission denied$|encoding\/hex: |empty macaroon data|cannot determine data format|unmarshal v[12]: |root key with id )/

/** gRPC had no connection to send the call on. */
const neverSentWords =
  /^No connection established|^Name resolution failed|,(Waiting for LB pick|waiting for name resolution)$/

interface Row {
  readonly words: RegExp
  readonly refusal?: SwapRefusal
  readonly failure?: FailedReason
  /** It may have started the swap all the same. */
  readonly isUnknown?: true
}

/**
 * What loopd's words mean (0.34); it sends nearly all of its errors with gRPC's code "unknown". Its checks
 * and the swap server's refusal come before it stores a swap, so those start nothing.
 */
const rows: readonly Row[] = [
  { words: macaroonWords, failure: 'macaroon-rejected' },
  { words: /swap amount too low/, refusal: 'below-minimum' },
  { words: /swap amount too high/, refusal: 'above-maximum' },
  { words: /swap fee too high|prepay amount too high/, refusal: 'quote-stale' },
  { words: /payment required|L402|LSAT/i, failure: 'payment-required' },
  {
    words: /context (canceled|deadline exceeded)|cannot store swap/,
    failure: 'other',
    isUnknown: true,
  },
  {
    words:
      /connection (refused|reset|error)|transport|no such host|i\/o timeout|code = Unavailable|EOF/,
    failure: 'server-unreachable',
  },
]

/** The library's error for what gRPC reported; anything else is returned as it is. */
export function mapError(provider: string, error: unknown, effect: 'read' | 'start'): unknown {
  if (!isServiceError(error)) return error
  const { code, details } = error
  const lost: Outcome = effect === 'start' && !neverSentWords.test(details) ? 'unknown' : 'none'
  const fail = (reason: FailedReason, outcome: Outcome): PaymentNodeError =>
    failed(provider, reason, outcome, `loopd (${reason}): ${details || 'no words'}.`, error)
  switch (code) {
    case status.UNAVAILABLE:
      return neverSentWords.test(details) && certificateWords.test(details)
        ? fail('certificate-rejected', 'none')
        : fail('unreachable', lost)
    case status.DEADLINE_EXCEEDED:
      return fail('deadline', lost)
    case status.UNIMPLEMENTED:
      return fail('unsupported', 'none')
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return fail('macaroon-rejected', 'none')
    case status.RESOURCE_EXHAUSTED:
      return /message larger than/i.test(details)
        ? fail('bad-answer', lost)
        : refused(provider, 'rate-limited', `loopd: ${details}.`, error)
    case status.UNKNOWN:
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.NOT_FOUND:
      return inWords(provider, error, effect)
    default:
      return fail('other', lost)
  }
}

function inWords(provider: string, error: ServiceError, effect: 'read' | 'start'): unknown {
  const { details } = error
  const row = rows.find(({ words }) => words.test(details))
  const says = `loopd: ${details || 'no words'}.`
  if (row?.failure) {
    const outcome = row.isUnknown && effect === 'start' ? 'unknown' : 'none'
    return failed(provider, row.failure, outcome, says, error)
  }
  return refused(provider, row?.refusal ?? 'other', says, error)
}

/** The credentials were not accepted, which always happens before the call does anything. */
export function isCredentialRejected(error: unknown): boolean {
  if (!isServiceError(error)) return false
  const { code, details } = error
  return (
    (code === status.UNAVAILABLE &&
      neverSentWords.test(details) &&
      certificateWords.test(details)) ||
    (code === status.UNKNOWN && macaroonWords.test(details)) ||
    code === status.UNAUTHENTICATED
  )
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error
}
