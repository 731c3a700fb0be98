import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import { type EndpointRow, endpointView, type WebhookEndpoint } from './endpoint-view.ts'

/** One endpoint, without its secrets. Throws `webhook.not-found`. */
export async function getEndpoint(context: Context, id: string): Promise<WebhookEndpoint> {
  return endpointView(await findEndpoint(context, readId(id, 'id')))
}

/** The stored row, for verbs that decide on it. Throws `webhook.not-found`. */
export async function findEndpoint(context: Context, id: string): Promise<EndpointRow> {
  const row = await context.storage.get(webhookEndpoints, [identityOf(context).publicKey, id])
  if (row && row.state !== 'removed') return row
  throw new PaymentNodeError(
    'webhook.not-found',
    `There is no webhook endpoint ${JSON.stringify(id)}.`,
    { endpoint: id },
  )
}
