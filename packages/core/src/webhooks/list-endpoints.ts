import { type Context, identityOf } from '../context.ts'
import { type Page, type PageInput, readCursor, readLimit, writeCursor } from '../pages.ts'
import { readId, readObject } from '../read-input.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import { endpointView, type WebhookEndpoint } from './endpoint-view.ts'

/** Which endpoints; all of them when empty. */
export interface WebhookFilter extends PageInput {
  /** Null: the operator's. */
  readonly partner?: string | null
}

/** The endpoints, newest first. A page may be shorter than `limit` and still have a `cursor`. */
export async function listEndpoints(
  context: Context,
  filter: WebhookFilter = {},
): Promise<Page<WebhookEndpoint>> {
  readObject(filter, 'filter', ['partner', 'cursor', 'limit'])
  const limit = readLimit(filter.limit)
  const after = readCursor(filter.cursor)
  const { publicKey } = identityOf(context)
  const { partner } = filter
  const owner = partner === null ? '' : partner === undefined ? partner : readId(partner, 'partner')
  const rows = await context.storage.find(webhookEndpoints, {
    index: owner === undefined ? 'created' : 'partner',
    equals: owner === undefined ? [publicKey] : [publicKey, owner],
    descending: true,
    limit,
    ...(after && { after }),
  })
  const last = rows.at(-1)
  return {
    items: rows.filter(({ state }) => state !== 'removed').map(endpointView),
    cursor: last && rows.length === limit ? writeCursor([last.created_at, last.id]) : undefined,
  }
}
