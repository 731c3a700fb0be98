import type { Context } from '../context.ts'
import { hex } from '../keys.ts'
import { readId } from '../read-input.ts'
import { findEndpoint } from './find-endpoint.ts'
import { postWebhook } from './post-webhook.ts'

/** A signed event that is in no log, for trying a receiver. */
export interface WebhookTestEvent {
  readonly id: string
  readonly type: 'webhook.test'
  readonly version: 1
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  readonly data: { readonly says: string }
}

/** What an endpoint said to a test. */
export interface WebhookTestAnswer {
  /** `webhook-id` of the test. */
  readonly event: string
  /** It answered 2xx in time. */
  readonly isDelivered: boolean
  /** HTTP status; null without an answer. */
  readonly status: number | null
  /** Why it was not delivered. */
  readonly error: string | null
}

/** Sends a signed test event now, once, also to a disabled endpoint. Throws `webhook.not-found`. */
export async function sendTest(context: Context, id: string): Promise<WebhookTestAnswer> {
  const endpoint = await findEndpoint(context, readId(id, 'id'))
  return postTest(context, endpoint)
}

/** Signs a test event and sends it, once. */
export async function postTest(
  context: Parameters<typeof postWebhook>[0] & Pick<Context, 'random'>,
  endpoint: Parameters<typeof postWebhook>[1],
): Promise<WebhookTestAnswer> {
  const event: WebhookTestEvent = {
    id: `evt_${hex(context.random.bytes(16))}`,
    type: 'webhook.test',
    version: 1,
    occurredAt: context.clock.now(),
    data: { says: 'This is a test: nothing has happened.' },
  }
  const answer = await postWebhook(context, endpoint, event.id, JSON.stringify(event))
  return { event: event.id, isDelivered: answer.error === null, ...answer }
}
