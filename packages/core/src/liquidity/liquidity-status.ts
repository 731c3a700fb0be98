import type { Mode } from '../channels/channel-options.ts'
import { type Context, identityOf, requireReady } from '../context.ts'
import { readAutopilot } from './autopilot-row.ts'
import { createLiquidityMemory, planLiquidity } from './look.ts'
import { lastRun, runRow, runView } from './run-row.ts'
import type { LiquidityRun } from './run-view.ts'

/** How the autopilot stands. */
export interface LiquidityStatus {
  readonly mode: Mode
  readonly isPaused: boolean
  /** The operator's words; null while it is not paused. */
  readonly pausedReason: string | null
  /** Inbound was found too low and is not restored yet. */
  readonly isRecovering: boolean
  /** What keeps it from helping; null: nothing. */
  readonly blockedReason: string | null
  /** The decision in force; null before the first look. */
  readonly last: LiquidityRun | null
}

/** From the books alone; works while LND is away. */
export async function liquidityStatus(context: Context): Promise<LiquidityStatus> {
  const identity = identityOf(context)
  const [row, last] = await Promise.all([
    readAutopilot(context, identity),
    lastRun(context, identity),
  ])
  return {
    mode: context.settings.liquidity.mode,
    isPaused: row?.is_paused ?? false,
    pausedReason: row?.is_paused ? row.paused_reason : null,
    isRecovering: row?.is_recovering ?? false,
    blockedReason: row?.blocked_reason ?? null,
    last: last ? runView(last) : null,
  }
}

/** What the policy would do now, whatever the mode; asks providers for prices, stores nothing. Throws `node.unavailable`. */
export async function recommendLiquidity(context: Context): Promise<LiquidityRun> {
  const identity = requireReady(context)
  const { plan, snapshot } = await planLiquidity(context, identity, createLiquidityMemory())
  return runView(runRow(context, identity, plan, snapshot))
}
