import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readAutopilot, writeAutopilot } from './autopilot-row.ts'

/** Whether the autopilot is paused, and why. */
export interface LiquidityPause {
  readonly isPaused: boolean
  /** The operator's words; null while it is not paused. */
  readonly reason: string | null
}

/**
 * Nothing new is started for liquidity, in every process and across restarts; swaps and payouts under way are
 * followed to their end. Pausing again replaces the reason. Works while LND is away.
 */
export async function pauseLiquidity(context: Context, reason: string): Promise<LiquidityPause> {
  return setPause(context, readText(reason, 'reason', { maximum: 500 }), 'liquidity.paused', true)
}

/** Lets the autopilot work again. Throws `liquidity.not-paused`. */
export async function resumeLiquidity(context: Context, reason: string): Promise<LiquidityPause> {
  const says = readText(reason, 'reason', { maximum: 500 })
  if (!(await readAutopilot(context, identityOf(context)))?.is_paused) {
    throw new PaymentNodeError('liquidity.not-paused', 'The autopilot is not paused.', {})
  }
  return setPause(context, says, 'liquidity.resumed', false)
}

async function setPause(
  context: Context,
  says: string,
  type: 'liquidity.paused' | 'liquidity.resumed',
  isPaused: boolean,
): Promise<LiquidityPause> {
  const identity = identityOf(context)
  const reason = isPaused ? says : null
  const isNow = async (): Promise<boolean> => {
    const row = await readAutopilot(context, identity)
    return (row?.is_paused ?? false) === isPaused && (row?.paused_reason ?? null) === reason
  }
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await readAutopilot(context, identity)
    if ((row?.is_paused ?? false) === isPaused && (row?.paused_reason ?? null) === reason) break
    const change = {
      writes: [
        writeAutopilot(context, identity, row, { is_paused: isPaused, paused_reason: reason }),
      ],
      events: [newEvent(context, identity, type, 'liquidity', { reason: says })],
    }
    if (!(await record(context, change, isNow))) break
    if (decision === maximumDecisions - 1) throw tooContended(type)
  }
  context.live.wakeLiquidity()
  return { isPaused, reason }
}
