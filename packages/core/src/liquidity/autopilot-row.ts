import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { autopilots } from '../tables/liquidity.ts'
import { type Fields, insert, type RowOf, update } from '../tables/table.ts'

export type AutopilotRow = RowOf<typeof autopilots>

/** Undefined until the autopilot has something to remember. */
export function readAutopilot(
  context: Context,
  { publicKey }: Identity,
): Promise<AutopilotRow | undefined> {
  return context.storage.get(autopilots, [publicKey])
}

/** The write that changes its condition, provided nobody changed it since it was read. */
export function writeAutopilot(
  context: Context,
  identity: Identity,
  row: AutopilotRow | undefined,
  set: Partial<Omit<Fields<typeof autopilots>, 'node' | 'network'>>,
): Write {
  const updated_at = context.clock.now()
  if (row) return update(autopilots, row, { ...set, updated_at })
  return insert(autopilots, {
    ...rowBase(identity),
    is_paused: false,
    paused_reason: null,
    blocked_reason: null,
    is_recovering: false,
    actions: 0,
    ...set,
    updated_at,
  })
}
