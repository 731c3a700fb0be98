import type { Context, Leadership } from '../context.ts'
import type { Key } from '../ports/storage.ts'
import { record } from '../record.ts'
import { remove } from '../tables/table.ts'
import { webhookDeliveries } from '../tables/webhooks.ts'
import type { DeliveryState } from './delivery-view.ts'
import type { EndpointRow } from './endpoint-view.ts'

/** Rows per step, so that nobody waits long for it. */
const page = 200

/** What waits is never looked at. */
const endings: readonly DeliveryState[] = ['delivered', 'failed', 'dropped', 'replayed']

/** How far an endpoint's log was looked through. */
export interface PrunePlace {
  /** Of `endings`. */
  readonly ending: number
  readonly after?: Key
}

export const pruneStart: PrunePlace = { ending: 0 }

/**
 * One step of forgetting deliveries that ended longer ago than `webhooks.keepDeliveries`: where to go on,
 * undefined at the end. Oldest events first; a first delivery that is younger ends it, since all behind it
 * were made later.
 */
export async function pruneDeliveries(
  context: Context,
  { fence }: Leadership,
  { node, id }: Pick<EndpointRow, 'node' | 'id'>,
  place: PrunePlace,
): Promise<PrunePlace | undefined> {
  const before = context.clock.now() - context.settings.webhooks.keepDeliveries
  const rows = await context.storage.find(webhookDeliveries, {
    index: 'endpoint_state',
    equals: [node, id, endings[place.ending]!],
    limit: page,
    ...(place.after && { after: place.after }),
  })
  const old = rows.filter(({ ended_at }) => ended_at !== null && ended_at < before)
  if (old.length > 0) {
    const writes = old.map((row) => remove(webhookDeliveries, row))
    // Refused: one of them was changed meanwhile, by a replay. The next step reads again.
    if (await record(context, { writes, fence }, async () => true)) return place
  }
  const last = rows.at(-1)
  const isAtYounger = rows.some(({ replay, created_at }) => replay === 0 && created_at >= before)
  if (last && rows.length === page && !isAtYounger)
    return { ending: place.ending, after: [last.event_cursor, last.id] }
  return place.ending + 1 < endings.length ? { ending: place.ending + 1 } : undefined
}
