import type { Context, Identity, Leadership } from '../context.ts'
import type { StoredEvent } from '../ports/storage.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import type { DeliveryRow } from './delivery-view.ts'
import type { EndpointRow } from './endpoint-view.ts'
import { eventBody } from './event-body.ts'
import type { WebhookAnswer } from './judge-answer.ts'
import { postWebhook } from './post-webhook.ts'
import { recordAnswer } from './record-answer.ts'
import { traceOf } from './trace-of.ts'

/**
 * Sends one delivery and writes down what came of it. A crash in between sends it again, with the same
 * id and the same bytes. `skipped`: nothing was sent.
 */
export async function trySending(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  delivery: DeliveryRow,
): Promise<'delivered' | 'failed' | 'skipped'> {
  const { storage } = context
  const [endpoint, [event]] = await Promise.all([
    storage.get(webhookEndpoints, [delivery.node, delivery.endpoint]),
    storage.events(BigInt(delivery.event_cursor) - 1n, 1),
  ])
  // Disabled or removed a moment ago; or the leader's turn may be over, and another one sends it.
  if (endpoint?.state !== 'active' || !leadership.isFresh()) return 'skipped'
  const answer =
    event?.id === delivery.event
      ? await sendEvent(context, endpoint, delivery, event)
      : { status: null, error: 'the event is not in the log' }
  await recordAnswer(context, identity, leadership, delivery, answer)
  return answer.error === null ? 'delivered' : 'failed'
}

/** The request is a child of whatever made the invoice or payout, also in another process and long after. */
function sendEvent(
  context: Context,
  endpoint: EndpointRow,
  { id, tries }: DeliveryRow,
  event: StoredEvent,
): Promise<WebhookAnswer> {
  const attributes = {
    'payment_node.event.id': event.id,
    'payment_node.event.type': event.type,
    'payment_node.webhook.endpoint': endpoint.id,
    'payment_node.webhook.delivery': id,
    'payment_node.webhook.tries': tries + 1,
    'http.request.method': 'POST',
  }
  const work = { kind: 'client', attributes, parent: traceOf(event) } as const
  return context.tracer.run('payment_node.webhook.deliver', work, async (span) => {
    const body = eventBody(event)
    const answer = await postWebhook(context, endpoint, event.id, body, span.traceparent)
    const { status, error } = answer
    if (status !== null) span.set({ 'http.response.status_code': status })
    if (error !== null) span.fail(status === null ? 'no-answer' : String(status))
    return answer
  })
}
