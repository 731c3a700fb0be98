import { type Context, type Identity, newId, rowBase } from '../context.ts'
import { Amount, readAmount } from '../domain/amount.ts'
import type { RejectedOption } from '../domain/liquidity-choice.ts'
import type { LiquidityOption } from '../domain/liquidity-options.ts'
import type { LiquidityPlan } from '../domain/liquidity-policy.ts'
import { liquidityRuns } from '../tables/liquidity.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import type { LiquidityRun, RunAction, RunOption } from './run-view.ts'

type Row = Fields<typeof liquidityRuns>

/** What is stored of a run besides its columns. */
export interface RunDetails {
  readonly says: string
  readonly sendable: Amount
  readonly receivable: Amount
  /** In ppm, when everything under way has ended well. */
  readonly expectedShare: number
  readonly movable: Amount
  readonly budgetLeft: Amount
  readonly feerate: number | null
  readonly noOffers: readonly { readonly provider: string; readonly reason: string }[]
  readonly outOf: readonly string[]
  readonly actions: readonly RunAction[]
  readonly rejected: readonly RunOption[]
}

/** What the plan was made of, beside the plan. */
export interface RunInputs {
  readonly budgetLeftMsat: bigint
  readonly feerate: number | null
  readonly noOffers: RunDetails['noOffers']
}

/** The row that keeps a plan, with what it saw and what it rejected. */
export function runRow(
  context: Context,
  identity: Identity,
  plan: LiquidityPlan,
  { budgetLeftMsat, feerate, noOffers }: RunInputs,
): Row {
  const { need, says, actions, rejected, outOf } = plan
  const now = context.clock.now()
  const details: RunDetails = {
    says,
    sendable: new Amount(need.sendableMsat),
    receivable: new Amount(need.receivableMsat),
    expectedShare: need.expectedShare,
    movable: new Amount(need.movableMsat),
    budgetLeft: new Amount(budgetLeftMsat),
    feerate,
    noOffers,
    outOf: outOf.slice(0, 50),
    actions: actions.map((option) => ({ ...optionView(option), outcome: null })),
    rejected: rejected.map((option) => ({ ...optionView(option), refusal: option.refusal })),
  }
  return {
    ...rowBase(identity),
    id: newId(context),
    mode: context.settings.liquidity.mode,
    verdict: plan.verdict,
    reason: plan.reason,
    urgency: need.urgency,
    inbound_share: need.inboundShare,
    missing_msat: need.missingMsat,
    worst_msat: actions.reduce((sum, { worstMsat }) => sum + worstMsat, 0n),
    // As they will be read again: amounts are text.
    details: JSON.parse(JSON.stringify(details)),
    times: 1,
    decided_at: now,
    last_at: now,
  }
}

/**
 * Whether it says the same again: then the row before counts one more. Amounts and times may differ. What the
 * one before has started makes it another one: it was for another gap.
 */
export function isSameRun(one: Row | undefined, other: Row): boolean {
  if (!one) return false
  const [earlier, later] = [one.details as RunDetails, other.details as RunDetails]
  // Nobody knows what followed where a process died before it said so.
  const isOver =
    one.mode === 'act' && earlier.actions.some(({ outcome }) => outcome?.did !== 'nothing')
  if (isOver) return false
  return (
    one.mode === other.mode &&
    one.verdict === other.verdict &&
    one.reason === other.reason &&
    one.urgency === other.urgency &&
    earlier.actions.map(nameOf).join() === later.actions.map(nameOf).join()
  )
}

function nameOf({ lever, subject, payout, provider }: RunOption): string {
  return `${lever}/${subject}/${payout}/${provider}`
}

export async function lastRun(
  context: Context,
  { publicKey }: Identity,
): Promise<RowOf<typeof liquidityRuns> | undefined> {
  const [row] = await context.storage.find(liquidityRuns, {
    index: 'decided',
    equals: [publicKey],
    descending: true,
    limit: 1,
  })
  return row
}

function optionView(option: LiquidityOption | RejectedOption): RunOption {
  return {
    lever: option.lever,
    subject: option.subject,
    payout: option.payout,
    provider: option.offer?.provider ?? null,
    amount: new Amount(option.amountMsat),
    receivable: new Amount(option.receivableMsat),
    cost: new Amount(option.costMsat),
    worst: new Amount(option.worstMsat),
    ppm: option.pricePpm,
  }
}

export function runView(row: Row): LiquidityRun {
  const details = row.details as Record<string, unknown> & RunDetails
  const amounts = (option: RunOption): RunOption => ({
    ...option,
    amount: amountOf(option.amount),
    receivable: amountOf(option.receivable),
    cost: amountOf(option.cost),
    worst: amountOf(option.worst),
  })
  return {
    id: row.id,
    mode: row.mode as LiquidityRun['mode'],
    verdict: row.verdict as LiquidityRun['verdict'],
    reason: row.reason as LiquidityRun['reason'],
    says: details.says,
    urgency: row.urgency as LiquidityRun['urgency'],
    inboundShare: row.inbound_share,
    expectedShare: details.expectedShare,
    missing: new Amount(row.missing_msat),
    sendable: amountOf(details.sendable),
    receivable: amountOf(details.receivable),
    movable: amountOf(details.movable),
    budgetLeft: amountOf(details.budgetLeft),
    feerate: details.feerate,
    noOffers: details.noOffers,
    outOf: details.outOf,
    actions: details.actions.map((action) => ({ ...amounts(action), outcome: action.outcome })),
    rejected: details.rejected.map(amounts),
    times: row.times,
    decidedAt: row.decided_at,
    lastAt: row.last_at,
  }
}

/** Stored as text. */
function amountOf(stored: Amount): Amount {
  return readAmount(String(stored), 'amount')
}
