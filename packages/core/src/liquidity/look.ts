import type { Context, Identity, Leadership } from '../context.ts'
import { least, toWholeSat } from '../domain/bigints.ts'
import type { LiquidityPlan } from '../domain/liquidity-policy.ts'
import type { LiquiditySnapshot } from '../domain/liquidity-snapshot.ts'
import { actOnRun } from './act-on-run.ts'
import { type AutopilotRow, readAutopilot } from './autopilot-row.ts'
import { createOfferBook, type OfferBook } from './read-offers.ts'
import { liquiditySettings, takeLiquiditySnapshot } from './take-snapshot.ts'
import { writeRun } from './write-run.ts'

/** What the worker remembers between two looks; losing it costs a few questions to providers. */
export interface LiquidityMemory {
  readonly book: OfferBook
}

export function createLiquidityMemory(): LiquidityMemory {
  return { book: createOfferBook() }
}

/** A plan with what it was made of. */
export interface Planned {
  readonly row: AutopilotRow | undefined
  readonly snapshot: LiquiditySnapshot
  readonly plan: LiquidityPlan
}

/** What is, and what should be done; nothing is stored. Providers are asked only when inbound is missing. */
export async function planLiquidity(
  context: Context,
  identity: Identity,
  { book }: LiquidityMemory,
): Promise<Planned> {
  const { policy } = context.settings.liquidity
  const settings = liquiditySettings(context)
  const row = await readAutopilot(context, identity)
  const first = await takeLiquiditySnapshot(context, identity, row)
  const plan = policy(first, settings)
  const isMissing = plan.verdict === 'act' || plan.reason === 'no-offer'
  if (!isMissing) return { row, snapshot: first, plan }
  const { missingMsat, movableMsat } = plan.need
  const amountMsat = least(missingMsat, movableMsat)
  if (amountMsat < settings.minimumMsat) return { row, snapshot: first, plan }
  const offers = { book, amountMsat: toWholeSat(amountMsat) }
  const snapshot = await takeLiquiditySnapshot(context, identity, row, offers)
  return { row, snapshot, plan: policy(snapshot, settings) }
}

/**
 * One look: decide, write the decision down, act on it. A process that dies in between leaves a decision that
 * nothing followed from; the next look decides anew, from what is then under way.
 */
export async function lookAtLiquidity(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  memory: LiquidityMemory,
): Promise<void> {
  const planned = await planLiquidity(context, identity, memory)
  const run = await writeRun(context, identity, leadership, planned)
  if (!run || planned.plan.verdict !== 'act' || context.settings.liquidity.mode !== 'act') return
  await actOnRun(context, identity, leadership, run, planned.plan)
}
