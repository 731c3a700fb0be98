import type { Context, Identity } from '../context.ts'
import { channelLiquidity } from '../domain/channel.ts'
import type { ClosingDelay } from '../domain/closing.ts'
import { wholeFeerate } from '../domain/keeper-money.ts'
import { isAllLocal } from '../domain/liquidity-close.ts'
import { PaymentNodeError } from '../errors.ts'
import { judgeFeerate } from '../fees/judge-feerate.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { closeIntents } from '../tables/channel-intents.ts'
import type { channels } from '../tables/channels.ts'
import type { RowOf } from '../tables/table.ts'
import { readAutopilot } from './autopilot-row.ts'

type IntentRow = RowOf<typeof closeIntents>

/** Reasons after which the last call may have reached LND, or none was made yet; null is written before each call. */
const mayBeSent: ReadonlySet<string | null> = new Set<ClosingDelay | null>([
  null,
  'no-answer',
  'unlisted',
  'not-confirmed',
  'node-behind',
])

/** Whether it is a close of the autopilot, and LND has refused it for now: nothing of it was sent. */
export function isUnsent({ decision, state, reason }: IntentRow): boolean {
  return decision !== null && state === 'intended' && !mayBeSent.has(reason)
}

/**
 * Whether a close of the autopilot that LND has refused for now, so that nothing of it was sent, is still to be done:
 * the look that decided it may be days old. `channel-needed` ends it. Undefined: as it was decided.
 */
export async function lookAtCloseAnew(
  context: Context,
  identity: Identity,
  row: IntentRow,
  known: RowOf<typeof channels> | undefined,
  channel: NodeChannel,
): Promise<'halted' | 'paused' | 'feerate-rose' | 'channel-needed' | undefined> {
  if (!isUnsent(row)) return undefined
  const isPromised = (known?.no_close_before ?? 0) > context.clock.now()
  const isIdle = isAllLocal({ capacityMsat: channel.capacityMsat, ...channelLiquidity(channel) })
  // What LND cannot use now shows nothing on either side.
  if (known?.ownership !== 'ours' || isPromised || (channel.isActive && !isIdle))
    return 'channel-needed'
  if ((await readSafety(context, identity)).is_halted) return 'halted'
  const pilot = await readAutopilot(context, identity)
  if (pilot?.is_paused || context.settings.liquidity.mode !== 'act') return 'paused'
  try {
    const { feerate } = await judgeFeerate(context, { quick: false })
    return wholeFeerate(feerate) > row.sat_per_vbyte ? 'feerate-rose' : undefined
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.unavailable')) return 'feerate-rose'
    throw error
  }
}
