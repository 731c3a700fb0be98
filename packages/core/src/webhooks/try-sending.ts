import type { Context, Identity, Leadership } from '../context.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import type { DeliveryRow } from './delivery-view.ts'
import { eventBody } from './event-body.ts'
import { postWebhook } from './post-webhook.ts'
import { recordAnswer } from './record-answer.ts'

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
      ? await postWebhook(context, endpoint, event.id, eventBody(event))
      : { status: null, error: 'the event is not in the log' }
  await recordAnswer(context, identity, leadership, delivery, answer)
  return answer.error === null ? 'delivered' : 'failed'
}
