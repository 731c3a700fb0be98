import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { record } from '../record.ts'
import { cursors, nodes } from '../tables/node.ts'
import { insert, update } from '../tables/table.ts'

/** Name of the cursor: how far LND's history of payments is explained. */
export const paymentsCursor = 'payments'

/** Index of the newest payment of LND that was explained; at first, where these books began. */
export async function readPaymentsCursor(context: Context, identity: Identity): Promise<number> {
  const row = await context.storage.get(cursors, [identity.publicKey, paymentsCursor])
  if (row) return row.position
  return (await context.storage.get(nodes, [context.settings.name]))?.payment_index ?? 0
}

/** Moves the cursor, also back. */
export async function storePaymentsCursor(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  position: number,
): Promise<void> {
  const row = await context.storage.get(cursors, [identity.publicKey, paymentsCursor])
  if (row?.position === position) return
  const write = row
    ? update(cursors, row, { position })
    : insert(cursors, { ...rowBase(identity), name: paymentsCursor, position })
  // Lost or refused: what is looked at again is found explained.
  await record(context, { writes: [write], fence: leadership.fence }, async () => true)
}
