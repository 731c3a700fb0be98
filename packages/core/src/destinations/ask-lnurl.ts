import type { Context } from '../context.ts'
import { printableWords } from '../domain/printable-words.ts'
import { PaymentNodeError } from '../errors.ts'
import type { HttpResponse } from '../ports/http.ts'
import { invalidDestination } from './refuse-destination.ts'

/** What an LNURL server may cost us at most, per request. */
const bounds = { timeout: 10_000, maximumBytes: 65_536, redirects: 3 } as const

/** Ends of a request that are the server's doing, not the network's: asking again will not help. */
const misconduct: ReadonlySet<string> = new Set([
  'body-too-large',
  'headers-too-large',
  'too-many-redirects',
  'redirect-elsewhere',
])

/** A JSON object from a server that is not trusted. */
export type LnurlAnswer = Readonly<Record<string, unknown>>

/**
 * One request of the LNURL protocols: JSON whatever the status says (LUD-01). Throws
 * `payout.destination-unreachable` when it may work later, `payout.destination-invalid` when the
 * server refuses or answers nonsense.
 */
export async function askLnurl(
  { http }: Context,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<LnurlAnswer> {
  let response: HttpResponse
  try {
    response = await http.request({
      method: 'GET',
      purpose: 'lnurl',
      url: url.href,
      headers: { accept: 'application/json' },
      ...bounds,
      ...(signal && { signal }),
    })
  } catch (error) {
    throw explain(url.host, error)
  }
  const isTemporary = response.status >= 500 || response.status === 429
  const answer = readJson(response.body)
  if (isTemporary && (!answer || isError(answer)))
    throw unreachable(url.host, `status-${response.status}`)
  if (!answer)
    throw invalidDestination('destination', 'malformed', `${url.host} did not answer with JSON`)
  if (!isError(answer)) return answer
  const words = printableWords(String(answer.reason ?? 'no reason given'))
  throw invalidDestination('destination', 'server-refuses', `${url.host} says "${words}"`)
}

function isError({ status }: LnurlAnswer): boolean {
  return typeof status === 'string' && status.toUpperCase() === 'ERROR'
}

function readJson(text: string): LnurlAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer)
    return isObject ? (answer as LnurlAnswer) : undefined
  } catch {
    return undefined
  }
}

function explain(host: string, error: unknown): unknown {
  if (PaymentNodeError.is(error, 'http.refused'))
    return invalidDestination('destination', error.details.reason, error.message, error)
  if (!PaymentNodeError.is(error, 'http.failed')) return error
  const { reason } = error.details
  return misconduct.has(reason)
    ? invalidDestination('destination', reason, error.message, error)
    : unreachable(host, reason, error)
}

function unreachable(
  host: string,
  reason: string,
  cause?: unknown,
): PaymentNodeError<'payout.destination-unreachable'> {
  return new PaymentNodeError(
    'payout.destination-unreachable',
    `${host} gives no usable answer now (${reason}); nothing was paid.`,
    { host, reason },
    { advice: 'Try again later.', cause },
  )
}
