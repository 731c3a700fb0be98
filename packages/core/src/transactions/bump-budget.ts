import { type Identity, rowBase } from '../context.ts'
import { spending } from '../tables/channel-intents.ts'
import type { Total } from '../tables/count-up.ts'

/** Whose daily budget speeding up counts against, in the table of spending. */
const purpose = 'bump-transactions'

/** What speeding up has cost on a day, or may. */
export function ofBumps(identity: Identity, period: string): Total<typeof spending> {
  return { table: spending, row: { ...rowBase(identity), purpose, period }, column: 'amount_msat' }
}
