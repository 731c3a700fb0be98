import { type Context, type Identity, newId, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { KeeperPlan } from '../domain/keeper-plan.ts'
import { decisions } from '../tables/keeper.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import type { KeeperDecision } from './decision-view.ts'

/** Who decides, in the table of decisions. */
export const lever = 'keeper'

/** The row that keeps a plan, with what it saw and whom it passed over. */
export function decisionRow(
  context: Context,
  identity: Identity,
  plan: KeeperPlan,
): Fields<typeof decisions> {
  const { count, following, passedOver, passedOverCount, says, details, satPerVbyte } = plan
  return {
    ...rowBase(identity),
    id: newId(context),
    lever,
    mode: context.settings.channels.mode,
    verdict: plan.verdict,
    reason: plan.reason,
    peer: plan.candidate?.publicKey ?? null,
    capacity_msat: plan.capacityMsat,
    cost_msat: plan.costMsat,
    details: {
      says,
      ...count,
      ...details,
      ...(satPerVbyte !== undefined && { feerate: satPerVbyte }),
      following,
      passedOver,
      passedOverCount,
    },
    intent: null,
    decided_at: context.clock.now(),
  }
}

/** Whether it says the same again: then it is not written. Amounts and times may differ. */
export function isSameDecision(
  a: Fields<typeof decisions> | undefined,
  b: Fields<typeof decisions>,
): boolean {
  return (
    a !== undefined &&
    a.mode === b.mode &&
    a.verdict === b.verdict &&
    a.reason === b.reason &&
    a.peer === b.peer &&
    a.capacity_msat === b.capacity_msat
  )
}

/** The decision that is in force. */
export async function lastDecision(
  context: Context,
  identity: Identity,
): Promise<RowOf<typeof decisions> | undefined> {
  const [row] = await context.storage.find(decisions, {
    index: 'decided',
    equals: [identity.publicKey, lever],
    descending: true,
    limit: 1,
  })
  return row
}

export function decisionView(row: Fields<typeof decisions>): KeeperDecision {
  return {
    id: row.id,
    mode: row.mode as KeeperDecision['mode'],
    verdict: row.verdict as KeeperDecision['verdict'],
    reason: row.reason,
    peer: row.peer,
    capacity: new Amount(row.capacity_msat),
    cost: new Amount(row.cost_msat),
    details: row.details,
    opening: row.intent,
    decidedAt: row.decided_at,
  }
}
