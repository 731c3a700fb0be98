import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { keepers } from '../tables/keeper.ts'
import { type Fields, insert, type RowOf, update } from '../tables/table.ts'

export type KeeperRow = RowOf<typeof keepers>

/** Undefined until the keeper has something to remember. */
export function readKeeper(context: Context, identity: Identity): Promise<KeeperRow | undefined> {
  return context.storage.get(keepers, [identity.publicKey])
}

/** The write that changes the keeper's condition, provided nobody changed it since it was read. */
export function writeKeeper(
  context: Context,
  identity: Identity,
  row: KeeperRow | undefined,
  set: Partial<Omit<Fields<typeof keepers>, 'node' | 'network'>>,
): Write {
  const updated_at = context.clock.now()
  if (row) return update(keepers, row, { ...set, updated_at })
  return insert(keepers, {
    ...rowBase(identity),
    is_paused: false,
    paused_reason: null,
    blocked_reason: null,
    below_since: null,
    recent_closes: [],
    mass_close_at: null,
    deposit_address: null,
    ...set,
    updated_at,
  })
}
