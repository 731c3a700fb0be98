import { type Outcome, PaymentNodeError } from '../errors.ts'

/** A rule forbids it; nothing was sent. */
export function refusedRequest(
  host: string,
  reason: string,
  says: string,
  advice = '',
  cause?: unknown,
): PaymentNodeError<'http.refused'> {
  return new PaymentNodeError(
    'http.refused',
    `${host || 'The URL'} was not asked: ${says}.`,
    { host, reason },
    { advice, cause },
  )
}

/** Nothing usable came back. */
export function failedRequest(
  host: string,
  reason: string,
  says: string,
  outcome: Outcome,
  cause?: unknown,
): PaymentNodeError<'http.failed'> {
  return new PaymentNodeError(
    'http.failed',
    `${host} gave no usable answer: ${says}.`,
    { host, reason, outcome },
    { cause },
  )
}

/** Errors of the connection after which nothing was sent, by the code that Node or undici gives them. */
const before: Readonly<Record<string, readonly [reason: string, says: string]>> = {
  ENOTFOUND: ['name-not-found', 'its name is not known'],
  EAI_AGAIN: ['name-not-found', 'its name could not be looked up'],
  ECONNREFUSED: ['connection-refused', 'nobody listens there'],
  EHOSTUNREACH: ['unreachable', 'there is no way to it'],
  ENETUNREACH: ['unreachable', 'there is no way to it'],
  UND_ERR_CONNECT_TIMEOUT: ['unreachable', 'it does not answer'],
}

/** Answers that break a bound of the client. */
const bounds: Readonly<Record<string, readonly [reason: string, says: string]>> = {
  UND_ERR_HEADERS_OVERFLOW: ['headers-too-large', 'its headers are too large'],
  HPE_HEADER_OVERFLOW: ['headers-too-large', 'its headers are too large'],
}

/** What ended a request, as the one error that callers know. */
export function explainFailure(host: string, error: unknown): PaymentNodeError {
  const chain = causesOf(error)
  const own = chain.find((cause) => PaymentNodeError.is(cause))
  if (own) return own as PaymentNodeError
  const codes = chain.map((cause) => String((cause as { code?: unknown }).code ?? ''))
  for (const code of codes) {
    const known = before[code]
    if (known) return failedRequest(host, known[0], known[1], 'none', error)
    if (isCertificate(code))
      return failedRequest(host, 'certificate', 'its certificate is not trusted', 'none', error)
    const bound = bounds[code]
    if (bound) return failedRequest(host, bound[0], bound[1], 'unknown', error)
  }
  if (chain.some((cause) => cause instanceof Error && cause.message === 'bad port'))
    return refusedRequest(host, 'port', 'its port belongs to another protocol')
  return failedRequest(host, 'broken-off', 'the connection broke or was no HTTP', 'unknown', error)
}

function isCertificate(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(code)
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = []
  const waiting = [error]
  while (waiting.length > 0 && chain.length < 16) {
    const cause = waiting.shift()
    if (typeof cause !== 'object' || cause === null) continue
    chain.push(cause)
    waiting.push((cause as Error).cause)
    // Several addresses of one host, each with its own error.
    if (cause instanceof AggregateError) waiting.push(...cause.errors)
  }
  return chain
}
