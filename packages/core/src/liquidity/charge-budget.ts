import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { budgetPeriod } from '../swaps/charge-swaps.ts'
import { liquidityBudgets } from '../tables/swaps.ts'
import { insert } from '../tables/table.ts'

/** What an action takes of the day's budget. */
export interface BudgetCharge {
  /** UTC day. */
  readonly period: string
  /** For the change that stores the action (money rule 3): refused `bound` when the budget is used up. */
  readonly write: Write
}

/** Undefined: the budget of today has not so much left. In msat. */
export async function chargeBudget(
  { storage, settings, clock }: Context,
  identity: Identity,
  worstMsat: bigint,
): Promise<BudgetCharge | undefined> {
  const period = budgetPeriod(clock.now())
  const max = settings.swapping.perDay.msat
  const key = [identity.publicKey, period]
  const row = await storage.get(liquidityBudgets, key)
  if ((row?.spent_msat ?? 0n) + worstMsat > max) return undefined
  const write: Write = row
    ? { op: 'add', table: liquidityBudgets, key, column: 'spent_msat', by: worstMsat, max }
    : insert(liquidityBudgets, { ...rowBase(identity), period, spent_msat: worstMsat })
  return { period, write }
}

/** What the budget of today has left, worst cases of what is under way taken off; in msat. */
export async function readBudgetLeft(
  { storage, settings, clock }: Context,
  { publicKey }: Identity,
): Promise<bigint> {
  const row = await storage.get(liquidityBudgets, [publicKey, budgetPeriod(clock.now())])
  const leftMsat = settings.swapping.perDay.msat - (row?.spent_msat ?? 0n)
  return leftMsat > 0n ? leftMsat : 0n
}
