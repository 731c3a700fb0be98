import { type Context, type Identity, rowBase } from '../context.ts'
import { record } from '../record.ts'
import { cursors, safety } from '../tables/node.ts'
import { insert, type RowOf, requireUnchanged, update } from '../tables/table.ts'

/** Name of the cursor: the `safety.times_behind` up to which an operator has let automatic payouts go on. */
const name = 'automatic-payouts-behind'

type Guard = RowOf<typeof safety>

/** Whether nobody has found these books to be an old copy since an operator last said that balances are right. */
export async function mayGoAutomatically(
  context: Context,
  { publicKey }: Identity,
  { times_behind }: Guard,
): Promise<boolean> {
  const row = await context.storage.get(cursors, [publicKey, name])
  return (times_behind ?? 0) <= (row?.position ?? 0)
}

/** The operator says it, of what was found by now. */
export async function letAutomaticGo(
  context: Context,
  identity: Identity,
  guard: Guard,
): Promise<void> {
  if (await mayGoAutomatically(context, identity, guard)) return
  const position = guard.times_behind ?? 0
  const row = await context.storage.get(cursors, [identity.publicKey, name])
  const write = row
    ? update(cursors, row, { position })
    : insert(cursors, { ...rowBase(identity), name, position })
  // Refused: somebody else has said it, or it was halted again; then the payouts themselves are refused.
  await record(context, { writes: [write, requireUnchanged(safety, guard)] }, async () => true)
}
