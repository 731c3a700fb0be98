import type { Context, Identity } from '../context.ts'
import { planBump, type StuckPackage } from '../domain/plan-bump.ts'
import { utcDay } from '../domain/utc-day.ts'
import type { Write } from '../ports/storage.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { countUp } from '../tables/count-up.ts'
import type { RowOf } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { ofBumps } from './bump-budget.ts'
import { readFeerate } from './current-feerate.ts'
import { markWaits, type Pursuit } from './mark-transaction.ts'
import { readLivingTransactions } from './read-living.ts'
import { recordTransaction } from './record-transaction.ts'

type Transaction = RowOf<typeof transactions>

/** What LND's rounding of size and feerate may add to the fee that was planned. */
const roundingSat = 10n

/**
 * Looks at a published transaction that no block has taken. When it has waited long and the chain asks more by
 * now, a child that spends its change is intended, within the budget of the day; when that cannot be, an
 * operator is told, once. `isAccepted`: the network has it, so that it would take a child.
 */
export async function considerBump(
  pursuit: Pursuit,
  row: Transaction,
  isAccepted: boolean,
): Promise<void> {
  const { context, identity } = pursuit
  const { stuckAfter } = context.settings.transactions
  const height = context.live.info?.blockHeight ?? 0
  if (height - (row.published_height ?? height) < stuckAfter) return
  if (await hasLivingChild(context, row)) return
  if (!isAccepted) return sayStuck(pursuit, row, 'refused')
  // Taken over from LND: where its change is, only the books that made it know.
  if (row.change_index === null) return sayStuck(pursuit, row, 'change-unknown')
  const { satPerVbyte } = await readFeerate(context)
  const stuck = await packageOf(context, row)
  const plan = planBump(stuck, satPerVbyte, context.settings.fees.hardCeiling)
  if (!plan.ok) return sayStuck(pursuit, row, plan.reason)
  const guard = await readSafety(context, identity)
  if (guard.is_halted) return sayStuck(pursuit, row, 'halted')
  const budgetPeriod = utcDay(context.clock.now())
  // LND rounds: a little more than was planned may be asked.
  const feeLimitMsat = (plan.feeSat + roundingSat) * 1000n
  const counted = await countAgainstBudget(context, identity, budgetPeriod, feeLimitMsat)
  if (!counted) return sayStuck(pursuit, row, 'budget-exhausted')
  const outpoint = `${row.transaction_id}:${row.change_index}`
  const recorded = await recordTransaction(context, identity, pursuit.leadership, guard, {
    purpose: 'bump',
    chosen: { outpoints: [outpoint], feeSat: plan.feeSat },
    satPerVbyte: plan.satPerVbyte,
    feeLimitMsat,
    carried: [],
    parent: row.id,
    budgetPeriod,
    alongside: [counted],
  })
  if ('refused' in recorded && recorded.refused.reason === 'bound') {
    return sayStuck(pursuit, row, 'budget-exhausted')
  }
  context.live.wakeOnchain()
}

async function sayStuck(pursuit: Pursuit, row: Transaction, reason: string): Promise<void> {
  if (row.reason !== reason) await markWaits(pursuit, row, reason, 'transaction.stuck')
}

/** What a miner would have to take with it: itself, and the parents that wait as well. */
async function packageOf(context: Context, row: Transaction): Promise<StuckPackage> {
  let { virtual_bytes: virtualBytes, fee_msat: feeMsat } = row
  let { parent } = row
  while (parent !== null) {
    const above: Transaction | undefined = await context.storage.get(transactions, [parent])
    if (above?.state !== 'published') break
    virtualBytes = (virtualBytes ?? 0) + (above.virtual_bytes ?? 0)
    feeMsat = (feeMsat ?? 0n) + (above.fee_msat ?? 0n)
    parent = above.parent
  }
  return {
    virtualBytes: virtualBytes ?? 0,
    feeSat: (feeMsat ?? 0n) / 1000n,
    changeSat: (row.change_msat ?? 0n) / 1000n,
  }
}

async function hasLivingChild(context: Context, { node, id }: Transaction): Promise<boolean> {
  const living = await readLivingTransactions(context, { publicKey: node })
  return living.some(({ parent }) => parent === id)
}

/** The write that counts it against the day; undefined when it is above the budget by itself. */
async function countAgainstBudget(
  context: Context,
  identity: Identity,
  period: string,
  amountMsat: bigint,
): Promise<Write | undefined> {
  const max = context.settings.transactions.bumpBudgetPerDay.msat
  if (amountMsat > max) return undefined
  return countUp(context.storage, ofBumps(identity, period), amountMsat, max)
}
