import type { Context } from '../context.ts'
import type { EventType } from '../events.ts'
import { readId, readObject } from '../read-input.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { readTypes } from './create-endpoint.ts'
import { endpointView, type WebhookEndpoint } from './endpoint-view.ts'
import { findEndpoint } from './find-endpoint.ts'
import { readWebhookUrl } from './read-webhook-url.ts'

/** What to change of an endpoint; what is left out stays. */
export interface WebhookChange {
  readonly url?: string
  /** For events from now on. Empty: all that the owner may see. */
  readonly types?: readonly EventType[]
}

/** Deliveries that wait go to the new URL. Throws `webhook.not-found`. */
export async function updateEndpoint(
  context: Context,
  id: string,
  change: WebhookChange,
): Promise<WebhookEndpoint> {
  readId(id, 'id')
  readObject(change, 'change', ['url', 'types'])
  const url =
    change.url === undefined
      ? undefined
      : await readWebhookUrl(context, change.url, 'url', (await findEndpoint(context, id)).partner)
  const row = await changeEndpoint(context, id, ({ partner }) => ({
    set: {
      ...(url !== undefined && { url }),
      ...(change.types !== undefined && { types: readTypes(change.types, partner) }),
    },
  }))
  return endpointView(row)
}
