import { isIP } from 'node:net'
import { invalid } from '../errors.ts'
import { allowedFor, type HttpSettings } from '../http/http-options.ts'
import { allowedAs, bareHost, refusedAddress, requireUrl } from '../http/judge-url.ts'
import { readText } from '../read-input.ts'
import { purposeOf } from './post-webhook.ts'

/**
 * A URL that events may be sent to, as it will be asked. What its text shows is refused here, what the
 * server of its name says is judged with each delivery. Throws `input.invalid`, `http.refused`.
 */
export async function readWebhookUrl(
  { settings }: { readonly settings: { readonly http: HttpSettings } },
  value: unknown,
  field: string,
  /** `''`: the operator's. */
  partner: string,
): Promise<string> {
  const text = readText(value, field, { maximum: 2048 })
  const url = URL.parse(text)
  if (!url) throw invalid(field, 'malformed', 'is not a URL')
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalid(field, 'scheme', 'must begin with https:')
  if (url.username !== '' || url.password !== '')
    throw invalid(field, 'credentials', 'must not hold a user or password')
  if (url.hash !== '') throw invalid(field, 'fragment', 'must not have a fragment (#)')
  // Another implementation has rules of its own, which it keeps when it is asked.
  if (!('allow' in settings.http)) return url.href
  const allow = allowedFor(settings.http.allow, purposeOf(partner))
  requireUrl(url.href, allow)
  const host = bareHost(url.hostname)
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  if (isIP(host) !== 0 && !allowedAs(host, port, allow)) {
    const { refusedRange } = await import('../http/judge-address.ts')
    const range = refusedRange(host)
    if (range) throw refusedAddress(host, host, range)
  }
  return url.href
}
