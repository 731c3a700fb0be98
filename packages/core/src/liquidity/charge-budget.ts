import { type Context, type Identity, rowBase } from '../context.ts'
import { atLeastZero } from '../domain/bigints.ts'
import { utcDay } from '../domain/utc-day.ts'
import type { Write } from '../ports/storage.ts'
import { liquidityBudgets } from '../tables/swaps.ts'
import { insert } from '../tables/table.ts'

/** The UTC day whose budget pays. */
export function budgetPeriod(now: number): string {
  return utcDay(now)
}

/** What an action takes of a day's budget, in msat. */
export interface BudgetCharge {
  readonly limitMsat: bigint
  /** What others have taken when it was read. */
  readonly spentMsat: bigint
  /** For the change that stores the action (money rule 3): refused `bound` when the budget is used up. */
  readonly write: Write
}

/** Whatever swaps and closes may cost at worst is charged here. What is too much by itself the caller refuses. */
export async function chargeBudget(
  { storage, settings }: Context,
  identity: Identity,
  period: string,
  worstMsat: bigint,
): Promise<BudgetCharge> {
  const limitMsat = settings.swapping.perDay.msat
  const row = await storage.get(liquidityBudgets, [identity.publicKey, period])
  const write: Write = row
    ? addToBudget(identity, period, worstMsat, limitMsat)
    : insert(liquidityBudgets, { ...rowBase(identity), period, spent_msat: worstMsat })
  return { limitMsat, spentMsat: row?.spent_msat ?? 0n, write }
}

/** What an action that is charged already may cost more: to the budget of its own day. */
export function chargeMore(
  { settings }: Context,
  identity: Identity,
  period: string,
  moreMsat: bigint,
): Write {
  return addToBudget(identity, period, moreMsat, settings.swapping.perDay.msat)
}

/** Gives back what an action did not cost of what was charged. A gain is no budget for others. */
export function returnToBudget(
  identity: Identity,
  period: string,
  worstMsat: bigint,
  spentMsat: bigint,
): Write[] {
  const by = atLeastZero(spentMsat) - worstMsat
  return by === 0n ? [] : [addToBudget(identity, period, by)]
}

function addToBudget({ publicKey }: Identity, period: string, by: bigint, max?: bigint): Write {
  return {
    op: 'add',
    table: liquidityBudgets,
    key: [publicKey, period],
    column: 'spent_msat',
    by,
    ...(max !== undefined && { max }),
  }
}

/** What the budget of today has left, worst cases of what is under way taken off; in msat. */
export async function readBudgetLeft(
  { storage, settings, clock }: Context,
  { publicKey }: Identity,
): Promise<bigint> {
  const row = await storage.get(liquidityBudgets, [publicKey, budgetPeriod(clock.now())])
  return atLeastZero(settings.swapping.perDay.msat - (row?.spent_msat ?? 0n))
}
