import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { intentCounters } from '../tables/comparison.ts'
import { safety } from '../tables/node.ts'
import { type RowOf, update } from '../tables/table.ts'
import { fundsAtRisk } from '../transactions/funds-at-risk.ts'
import { readSafety } from './require-not-halted.ts'

/** Whether outgoing money is halted, since when (milliseconds since 1970) and why. */
export interface SafetyStatus {
  readonly isHalted: boolean
  readonly reason: string | null
  /**
   * `operator`: `safety.halt()`. `books-short`: the proof of the books. `paid-twice`: a swap's claim has paid a payout that
   * was no longer its own. The others: the comparison of books and LND; see `safety.differences()`. Null when not halted.
   */
  readonly cause: 'operator' | 'books-behind' | 'node-behind' | 'books-short' | 'paid-twice' | null
  readonly changedAt: number
  /** What an operator should look at although money may go out, in words; usually empty. */
  readonly fundsAtRisk: readonly string[]
}

/**
 * Stops outgoing money at once, in every process and across restarts: nothing new is reserved or
 * handed to LND. What LND already has in flight cannot be called back and is followed to its end.
 * Works while LND is away. Halting again replaces the reason.
 */
export async function halt(context: Context, reason: string): Promise<SafetyStatus> {
  const says = readText(reason, 'reason', { maximum: 500 })
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await readSafety(context, identityOf(context))
    const status = await write(context, row, true, says)
    if (status) return status
  }
  throw tooContended('safety.halt')
}

/**
 * Lets money out again. What `safety.differences()` lists as open is accepted with it: it is booked as
 * the operator's and not raised again. Throws `safety.not-halted`, and `safety.halted` when somebody halted again
 * meanwhile: only what the caller could have known is resumed.
 */
export async function resume(context: Context, reason: string): Promise<SafetyStatus> {
  const says = readText(reason, 'reason', { maximum: 500 })
  const row = await readSafety(context, identityOf(context))
  if (!row.is_halted) throw notHalted()
  const status = await write(context, row, false, says)
  if (!status) {
    const { is_halted, reason: newer } = await readSafety(context, identityOf(context))
    if (!is_halted) throw notHalted()
    throw new PaymentNodeError(
      'safety.halted',
      `Outgoing money was halted again meanwhile: ${newer}.`,
      { reason: newer ?? '' },
      { advice: 'When that cause is understood too, call resume again.' },
    )
  }
  context.live.compareAgain()
  context.live.wakePayouts()
  return status
}

function notHalted(): PaymentNodeError<'safety.not-halted'> {
  return new PaymentNodeError('safety.not-halted', 'Outgoing money is not halted.', {})
}

export async function safetyStatus(context: Context): Promise<SafetyStatus> {
  const row = await readSafety(context, identityOf(context))
  return view(context, row)
}

async function view(
  context: Context,
  row: Omit<RowOf<typeof safety>, 'revision'>,
): Promise<SafetyStatus> {
  return {
    isHalted: row.is_halted,
    reason: row.reason,
    cause: row.is_halted ? ((row.cause as SafetyStatus['cause']) ?? 'operator') : null,
    changedAt: row.changed_at,
    fundsAtRisk: await fundsAtRisk(context, identityOf(context)),
  }
}

/** Accepts that the counter outside is ahead: the books go on from there. */
async function raiseCounter(context: Context): Promise<Write[]> {
  const { publicKey } = identityOf(context)
  const row = await context.storage.get(intentCounters, [publicKey])
  const by = BigInt((row?.outside_seen ?? 0) - (row?.count ?? 0))
  if (!row || by <= 0n) return []
  return [{ op: 'add', table: intentCounters, key: [publicKey], column: 'count', by }]
}

/** Undefined when the row was changed by somebody else. */
async function write(
  context: Context,
  row: RowOf<typeof safety>,
  isHalted: boolean,
  reason: string,
): Promise<SafetyStatus | undefined> {
  const set = {
    is_halted: isHalted,
    reason,
    // Whoever halts again takes no difference away.
    cause: isHalted ? row.cause : null,
    changed_at: context.clock.now(),
  }
  const writes = [update(safety, row, set), ...(isHalted ? [] : await raiseCounter(context))]
  const refused = await record(context, { writes }, async () => {
    const now = await readSafety(context, identityOf(context))
    return now.is_halted === isHalted && now.reason === reason
  })
  if (refused) return undefined
  context.logger.warn(isHalted ? 'outgoing money halted' : 'outgoing money resumed', { reason })
  return view(context, { ...row, ...set })
}
