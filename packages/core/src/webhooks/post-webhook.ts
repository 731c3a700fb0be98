import type { Context } from '../context.ts'
import { printableWords } from '../domain/printable-words.ts'
import type { HttpPurpose } from '../ports/http.ts'
import type { EndpointRow } from './endpoint-view.ts'
import type { WebhookAnswer } from './judge-answer.ts'
import { signWebhook } from './sign-webhook.ts'
import type { WebhookSettings } from './webhook-options.ts'
import { validSecrets } from './webhook-secret.ts'

interface WithTimeout {
  readonly settings: { readonly webhooks: Pick<WebhookSettings, 'timeout'> }
}

/** Bytes of an answer that are looked at; nobody needs them. */
const maximumBytes = 16_384

/**
 * Sends one signed request, once; never throws. Success is a status 2xx in time, and nothing else. `traceparent`:
 * what the receiver's work belongs to.
 */
export async function postWebhook(
  context: Pick<Context, 'clock' | 'http'> & WithTimeout,
  { url, secrets, partner }: Pick<EndpointRow, 'url' | 'secrets' | 'partner'>,
  id: string,
  body: string,
  traceparent: string | null = null,
): Promise<WebhookAnswer> {
  const now = context.clock.now()
  const timestamp = String(Math.floor(now / 1000))
  const signing = validSecrets(secrets, now).map(({ secret }) => secret)
  try {
    const { status } = await context.http.request({
      method: 'POST',
      purpose: purposeOf(partner),
      url,
      headers: {
        ...signWebhook(signing, { id, timestamp, body }),
        ...(traceparent !== null && { traceparent }),
      },
      body,
      timeout: context.settings.webhooks.timeout,
      maximumBytes,
      redirects: 0,
    })
    const isSuccess = status >= 200 && status < 300
    return { status, error: isSuccess ? null : `answered ${status}` }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    return { status: null, error: printableWords(says) || 'no answer' }
  }
}

/** Whose endpoint is asked decides about exceptions; `''` is the operator. */
export function purposeOf(partner: string): HttpPurpose {
  return partner === '' ? 'webhooks' : 'partner-webhooks'
}
