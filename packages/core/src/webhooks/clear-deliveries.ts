import type { Context, Leadership } from '../context.ts'
import { record } from '../record.ts'
import { remove, update } from '../tables/table.ts'
import { webhookDeliveries, webhookEndpoints } from '../tables/webhooks.ts'
import type { EndpointRow } from './endpoint-view.ts'

/** Rows per step, so that nobody waits long for it. */
const page = 200

/**
 * One step of dropping what waits for a disabled endpoint, or of deleting a removed one with everything
 * that was sent to it. False: nothing is left to do.
 */
export async function clearDeliveries(
  context: Context,
  { fence }: Leadership,
  endpoint: EndpointRow,
): Promise<boolean> {
  const { node, id, state } = endpoint
  const isRemoved = state === 'removed'
  const rows = await context.storage.find(webhookDeliveries, {
    index: isRemoved ? 'endpoint' : 'due',
    equals: isRemoved ? [node, id] : [node, id, 'waiting'],
    limit: page,
  })
  if (rows.length === 0 && !isRemoved) return false
  const set = { state: 'dropped', ended_at: context.clock.now() }
  const writes = isRemoved
    ? rows.map((row) => remove(webhookDeliveries, row))
    : rows.map((row) => update(webhookDeliveries, row, set))
  if (rows.length === 0) writes.push(remove(webhookEndpoints, endpoint))
  // Refused: an answer came in meanwhile. The next step reads again.
  await record(context, { writes, fence }, async () => true)
  return rows.length > 0
}
