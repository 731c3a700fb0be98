import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { readKeeper, writeKeeper } from './keeper-row.ts'

/** Whether the keeper is paused, and why. */
export interface KeeperPause {
  readonly isPaused: boolean
  /** The operator's words; null while it is not paused. */
  readonly reason: string | null
}

/**
 * Nothing new is opened by itself, in every process and across restarts; an opening under way is followed
 * to its end, and what is missing is still told. Pausing again replaces the reason. Works while LND is away.
 */
export async function pauseKeeper(context: Context, reason: string): Promise<KeeperPause> {
  const says = readText(reason, 'reason', { maximum: 500 })
  const identity = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await readKeeper(context, identity)
    if (row?.is_paused && row.paused_reason === says) return { isPaused: true, reason: says }
    const set = { is_paused: true, paused_reason: says }
    const change = {
      writes: [writeKeeper(context, identity, row, set)],
      events: [newEvent(context, identity, 'keeper.paused', 'keeper', { reason: says })],
    }
    if (!(await record(context, change, () => isNow(context, true, says)))) {
      context.live.wakeKeeper()
      return { isPaused: true, reason: says }
    }
  }
  throw tooContended('keeper.pause')
}

/**
 * Lets the keeper work again. Throws `keeper.not-paused`, and `keeper.paused` when somebody paused it
 * again meanwhile: only what the caller could have known is lifted.
 */
export async function resumeKeeper(context: Context, reason: string): Promise<KeeperPause> {
  const says = readText(reason, 'reason', { maximum: 500 })
  const identity = identityOf(context)
  const known = await readKeeper(context, identity)
  if (!known?.is_paused) throw notPaused()
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await readKeeper(context, identity)
    if (!row?.is_paused) throw notPaused()
    if (row.paused_reason !== known.paused_reason) {
      const newer = row.paused_reason ?? ''
      throw new PaymentNodeError(
        'keeper.paused',
        `The keeper was paused again meanwhile: ${newer}.`,
        { reason: newer },
        { advice: 'When that cause is understood too, call resume again.' },
      )
    }
    const set = { is_paused: false, paused_reason: null }
    const change = {
      writes: [writeKeeper(context, identity, row, set)],
      events: [newEvent(context, identity, 'keeper.resumed', 'keeper', { reason: says })],
    }
    if (!(await record(context, change, () => isNow(context, false, null)))) {
      context.live.wakeKeeper()
      return { isPaused: false, reason: null }
    }
  }
  throw tooContended('keeper.resume')
}

function notPaused(): PaymentNodeError<'keeper.not-paused'> {
  return new PaymentNodeError('keeper.not-paused', 'The keeper is not paused.', {})
}

async function isNow(context: Context, isPaused: boolean, reason: string | null): Promise<boolean> {
  const row = await readKeeper(context, identityOf(context))
  return row?.is_paused === isPaused && row.paused_reason === reason
}
