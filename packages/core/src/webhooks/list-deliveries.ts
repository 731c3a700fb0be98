import type { Context } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readId, readObject, readOneOf } from '../read-input.ts'
import { webhookDeliveries } from '../tables/webhooks.ts'
import { type DeliveryState, deliveryView, type WebhookDelivery } from './delivery-view.ts'
import { findEndpoint } from './find-endpoint.ts'

/** Which deliveries of one endpoint. */
export interface DeliveryFilter extends PageInput {
  readonly endpoint: string
  readonly state?: DeliveryState
}

const states = ['waiting', 'delivered', 'failed', 'dropped', 'replayed'] as const

/** What was sent to an endpoint and what came of it, newest event first. Throws `webhook.not-found`. */
export async function listDeliveries(
  context: Context,
  filter: DeliveryFilter,
): Promise<Page<WebhookDelivery>> {
  readObject(filter, 'filter', ['endpoint', 'state', 'cursor', 'limit'])
  const endpoint = readId(filter.endpoint, 'endpoint')
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const state = filter.state === undefined ? undefined : readOneOf(filter.state, 'state', states)
  const { node } = await findEndpoint(context, endpoint)
  const rows = await context.storage.find(webhookDeliveries, {
    index: state ? 'endpoint_state' : 'endpoint',
    equals: state ? [node, endpoint, state] : [node, endpoint],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.map(deliveryView),
    cursor: last && rows.length === limit ? writeCursor([last.event_cursor, last.id]) : undefined,
  }
}
