import { type Context, type Identity, identityOf } from '../context.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent } from '../ports/storage.ts'
import { readId } from '../read-input.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { type EndpointRow, endpointView, type WebhookEndpoint } from './endpoint-view.ts'

/**
 * Sends to the endpoint again: events from now on, and what `replay()` is asked for. Enabling an active
 * one changes nothing. Throws `webhook.not-found`.
 */
export async function enableEndpoint(context: Context, id: string): Promise<WebhookEndpoint> {
  readId(id, 'id')
  const identity = identityOf(context)
  const row = await changeEndpoint(context, id, async ({ state }) =>
    state === 'active'
      ? undefined
      : {
          set: {
            state: 'active',
            reason: null,
            failing_since: null,
            position: Number(await context.storage.lastEvent()),
          },
          events: (next) => [switched(context, identity, 'webhook.enabled', next)],
        },
  )
  return endpointView(row)
}

/** Sends nothing more to the endpoint; what waits is dropped. Throws `webhook.not-found`. */
export async function disableEndpoint(context: Context, id: string): Promise<WebhookEndpoint> {
  readId(id, 'id')
  const identity = identityOf(context)
  const row = await changeEndpoint(context, id, ({ state }) =>
    state === 'disabled'
      ? undefined
      : {
          set: { state: 'disabled', reason: 'operator' },
          events: (next) => [switched(context, identity, 'webhook.disabled', next)],
        },
  )
  return endpointView(row)
}

/** Tells that an endpoint is used again, or no more and why. */
export function switched(
  context: Context,
  identity: Identity,
  type: 'webhook.enabled' | 'webhook.disabled',
  row: Omit<EndpointRow, 'revision'>,
): NewEvent {
  const data = { endpoint: endpointView(row) }
  return newEvent(context, identity, type, `webhook/${row.id}`, data)
}
