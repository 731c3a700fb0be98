import { type Context, identityOf } from '../context.ts'
import type { NewEvent } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { type Fields, update } from '../tables/table.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import type { EndpointRow } from './endpoint-view.ts'
import { findEndpoint } from './find-endpoint.ts'

/** What to change of an endpoint. */
export interface EndpointChange {
  readonly set: Partial<Fields<typeof webhookEndpoints>>
  /** Told in the same change, of the row as it will be. */
  readonly events?: (row: EndpointRow) => readonly NewEvent[]
}

/**
 * Decides on the row as it is now and stores what was decided, until nobody else was faster; undefined:
 * it is so already. Wakes the worker. Throws `webhook.not-found`.
 */
export async function changeEndpoint(
  context: Context,
  id: string,
  decide: (row: EndpointRow) => EndpointChange | undefined | Promise<EndpointChange | undefined>,
): Promise<EndpointRow> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findEndpoint(context, id)
    const change = await decide(row)
    if (!change) return row
    const set = { ...change.set, updated_at: context.clock.now() }
    const next = { ...row, ...set, revision: row.revision + 1 }
    const events = change.events?.(next) ?? []
    const writes = [update(webhookEndpoints, row, set)]
    const isApplied = async (): Promise<boolean> => {
      const key = [identityOf(context).publicKey, id]
      const found = await context.storage.get(webhookEndpoints, key)
      return found?.revision === next.revision && JSON.stringify(found) === JSON.stringify(next)
    }
    if (!(await record(context, { writes, events }, isApplied))) {
      context.live.wakeWebhooks()
      return next
    }
  }
  throw tooContended('webhooks')
}
