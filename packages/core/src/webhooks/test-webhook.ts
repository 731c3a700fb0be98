import { type Duration, readDuration } from '../domain/duration.ts'
import { createHttp } from '../http/create-http.ts'
import { type HttpOptions, readHttpOptions } from '../http/http-options.ts'
import { readObject } from '../read-input.ts'
import { systemClock } from '../system-clock.ts'
import { systemRandom } from '../system-random.ts'
import { readWebhookUrl } from './read-webhook-url.ts'
import { postTest, type WebhookTestAnswer } from './send-test.ts'
import { readSecret } from './webhook-secret.ts'

/** A receiver to try, without any payment node. */
export interface TestWebhookInput {
  readonly url: string
  /** What the receiver verifies with. */
  readonly secret: string
  /** As `options.http` of a payment node: default public addresses over https. */
  readonly http?: HttpOptions
  /** Default 15 seconds. */
  readonly timeout?: Duration
}

/**
 * Sends a signed event of the type `webhook.test` to a receiver, once, as a payment node would; for those
 * who write one. Throws `input.invalid`, and `http.refused` for a URL that is never asked.
 */
export async function testWebhook(input: TestWebhookInput): Promise<WebhookTestAnswer> {
  readObject(input, 'input', ['url', 'secret', 'http', 'timeout'])
  const secret = readSecret(input.secret, 'secret')
  const http = readHttpOptions(input.http)
  const { timeout = '15s' } = input
  const seconds = readDuration(timeout, 'timeout', { minimum: 1, maximum: 60 })
  const url = await readWebhookUrl({ settings: { http } }, input.url, 'url', '')
  const context = {
    clock: systemClock,
    random: systemRandom,
    http: createHttp(http),
    settings: { webhooks: { timeout: 1000 * seconds } },
  }
  return postTest(context, {
    url,
    partner: '',
    secrets: [{ secret, createdAt: 0, expiresAt: null }],
  })
}
