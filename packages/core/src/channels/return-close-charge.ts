import type { Identity } from '../context.ts'
import { returnToBudget } from '../liquidity/charge-budget.ts'
import type { Write } from '../ports/storage.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import { type RowOf, update } from '../tables/table.ts'

type IntentRow = RowOf<typeof closeIntents>

/**
 * Gives back what a close of the autopilot did not cost of the liquidity budget, in msat. For the change that
 * also takes the charge off the intent: once.
 */
export function returnCloseCharge(
  identity: Identity,
  { worst_cost_msat: worstMsat, budget_period: period }: IntentRow,
  spentMsat: bigint,
): Write[] {
  if (worstMsat === null || period === null || spentMsat >= worstMsat) return []
  return returnToBudget(identity, period, worstMsat, spentMsat)
}

/** The same for a close that has ended, with the write that takes the charge off; none where nothing was charged. */
export function endCloseCharge(
  identity: Identity,
  intent: IntentRow | undefined,
  spentMsat: bigint,
): Write[] {
  if (!intent || intent.worst_cost_msat === null) return []
  const set = { worst_cost_msat: null, updated_at: intent.updated_at }
  return [update(closeIntents, intent, set), ...returnCloseCharge(identity, intent, spentMsat)]
}
