import { refusedRequest } from './http-errors.ts'
import type { AllowedHost } from './http-options.ts'

/**
 * The URL, when it may be asked as far as its text says; addresses are judged where they are connected
 * to. Throws `http.refused`.
 */
export function requireUrl(text: string, allow: readonly AllowedHost[]): URL {
  if (!URL.canParse(text)) throw refusedRequest('', 'malformed', 'it is no URL')
  const url = new URL(text)
  const host = bareHost(url.hostname)
  if (url.username || url.password)
    throw refusedRequest(host, 'user-name', 'the URL holds a user name or password')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refusedRequest(host, 'scheme', `the URL begins with ${url.protocol}`)
  const exception = allowedAs(host, portOf(url), allow)
  if (url.protocol === 'http:' && !exception?.insecure)
    throw refusedRequest(
      host,
      'insecure',
      'the URL is not for https',
      'Use https, or allow this host with insecure: true.',
    )
  return url
}

/** The entry for this host and port; the one for http when there are several. */
export function allowedAs(
  host: string,
  port: number,
  allow: readonly AllowedHost[],
): AllowedHost | undefined {
  const fitting = allow.filter(
    (entry) => entry.host === host && (entry.port === undefined || entry.port === port),
  )
  return fitting.find(({ insecure }) => insecure) ?? fitting[0]
}

/** Partners see what it says: what a name leads to in the operator's network is in the cause alone. */
export function refusedAddress(
  host: string,
  address: string,
  range: string,
): ReturnType<typeof refusedRequest> {
  return refusedRequest(
    host,
    'address',
    'its address is not public',
    'If it is one of your own, name it in options.http.allow with what it is for.',
    new Error(`${address} (${range})`),
  )
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

/** Without the brackets of IPv6. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
