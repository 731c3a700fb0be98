import type { Context } from '../context.ts'
import { readId } from '../read-input.ts'
import { changeEndpoint } from './change-endpoint.ts'
import { endpointView, type WebhookEndpoint } from './endpoint-view.ts'

/** Sends nothing more and forgets the endpoint, its secrets and its deliveries; answers what it was. Throws `webhook.not-found`. */
export async function removeEndpoint(context: Context, id: string): Promise<WebhookEndpoint> {
  readId(id, 'id')
  let was: WebhookEndpoint | undefined
  const row = await changeEndpoint(context, id, (found) => {
    was = endpointView(found)
    // The worker deletes it once its deliveries are gone, page by page.
    return { set: { state: 'removed', secrets: [] } }
  })
  return was ?? endpointView(row)
}
