import type { Context, Leadership } from '../context.ts'
import { record } from '../record.ts'
import { update } from '../tables/table.ts'
import { webhookEndpoints } from '../tables/webhooks.ts'
import type { FanTarget } from './fan-out.ts'

/** Cursors that may be looked at again after a restart. */
const farBehind = 1000
/** Rows per change. */
const most = 100

/** Writes down how far was looked for endpoints that have not wanted anything for long. */
export async function keepPositions(
  context: Context,
  { fence }: Leadership,
  targets: readonly FanTarget[],
): Promise<void> {
  const behind = targets
    .filter(({ row, looked }) => row.state === 'active' && looked - row.position > farBehind)
    .slice(0, most)
  if (behind.length === 0) return
  const writes = behind.map(({ row, looked }) =>
    update(webhookEndpoints, row, { position: looked }),
  )
  // Refused: one of them was changed meanwhile. The next look reads it and tries again.
  const refused = await record(context, { writes, fence }, async () => true)
  if (refused) return
  for (const target of behind)
    target.row = { ...target.row, position: target.looked, revision: target.row.revision + 1 }
}
