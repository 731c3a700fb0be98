import type { Context, Identity, Leadership } from '../context.ts'
import type { PayoutReason } from '../domain/payout-reason.ts'
import { newEvent } from '../events/new-event.ts'
import type { EventType } from '../events.ts'
import type { Change, Refused } from '../ports/storage.ts'
import { record } from '../record.ts'
import { countIntent } from '../safety/count-intent.ts'
import { safety } from '../tables/node.ts'
import { attempts, payouts } from '../tables/payouts.ts'
import { type Fields, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { payoutView } from './payout-view.ts'

/** A payout with the attempt that counts, as they were read. */
export interface PayoutRows {
  readonly payout: RowOf<typeof payouts>
  readonly attempt: RowOf<typeof attempts>
}

/**
 * The intent to send, durable before the call to LND: whatever happens from here on, only LND's word
 * ends it. Refused when anything it was decided on has changed, the kill switch above all.
 */
export function markSent(
  context: Context,
  identity: Identity,
  rows: PayoutRows,
  guard: RowOf<typeof safety>,
  leadership: Leadership,
): Promise<Refused | undefined> {
  const { payout, attempt } = rows
  const isFirst = attempt.state === 'recorded'
  return mark(context, identity, rows, leadership.fence, {
    attempt: {
      state: isFirst ? 'sent' : attempt.state,
      epoch: leadership.epoch,
      // Calls of a holder that is provably gone no longer count; those of a paused one do.
      sends:
        attempt.epoch === leadership.epoch || !context.storage.isExclusive ? attempt.sends + 1 : 1,
    },
    payout: { state: 'sending', reason: null },
    event: payout.state === 'sending' ? undefined : 'payout.sending',
    guard,
    isIntent: true,
  })
}

/** No answer can be had about a payment that may be under way. */
export function markUnknown(
  context: Context,
  identity: Identity,
  rows: PayoutRows,
  leadership: Leadership,
  evidence: unknown,
): Promise<Refused | undefined> {
  return mark(context, identity, rows, leadership.fence, {
    attempt: { state: 'unknown', evidence },
    payout: { reason: 'unknown' },
    event: 'payout.unknown',
  })
}

/** LND has shown that it has the payment. */
export function markSeen(
  context: Context,
  identity: Identity,
  rows: PayoutRows,
  leadership: Leadership,
  evidence: unknown,
): Promise<Refused | undefined> {
  return mark(context, identity, rows, leadership.fence, {
    attempt: { seen_at: context.clock.now(), evidence },
    payout: { reason: null },
  })
}

/** LND has the payment of a payout that these books hold for unsent: they may be an old copy. */
export function markFound(
  context: Context,
  identity: Identity,
  rows: PayoutRows,
  leadership: Leadership,
  evidence: unknown,
): Promise<Refused | undefined> {
  return mark(context, identity, rows, leadership.fence, {
    attempt: { state: 'sent', seen_at: context.clock.now(), evidence },
    payout: { state: 'sending', reason: null },
    event: 'payout.sending',
  })
}

/** Why nothing happens now. */
export function markWaiting(
  context: Context,
  identity: Identity,
  rows: PayoutRows,
  leadership: Leadership,
  reason: PayoutReason,
): Promise<Refused | undefined> {
  return mark(context, identity, rows, leadership.fence, { attempt: {}, payout: { reason } })
}

interface Marks {
  readonly attempt: Partial<Fields<typeof attempts>>
  readonly payout: Partial<Fields<typeof payouts>> & { readonly reason: PayoutReason | null }
  readonly event?: Extract<EventType, `payout.${string}`> | undefined
  readonly guard?: RowOf<typeof safety>
  /** Counts as an intent to send (money rule 15). */
  readonly isIntent?: true
}

function mark(
  context: Context,
  identity: Identity,
  { payout, attempt }: PayoutRows,
  fence: Change['fence'],
  marks: Marks,
): Promise<Refused | undefined> {
  const now = context.clock.now()
  const setAttempt = { ...marks.attempt, updated_at: now }
  const setPayout = { ...marks.payout, updated_at: now }
  const view = payoutView({ ...payout, ...setPayout }, { ...attempt, ...setAttempt })
  const change: Change = {
    writes: [
      update(attempts, attempt, setAttempt),
      update(payouts, payout, setPayout),
      ...(marks.guard ? [requireUnchanged(safety, marks.guard)] : []),
      ...(marks.isIntent ? [countIntent(identity)] : []),
    ],
    events: marks.event
      ? [newEvent(context, identity, marks.event, `payout/${payout.id}`, { payout: view })]
      : [],
    ...(fence && { fence }),
  }
  return record(context, change, async () => {
    const row = await context.storage.get(attempts, [attempt.payout, attempt.number])
    return (
      row?.revision === attempt.revision + 1 &&
      row.updated_at === now &&
      row.state === view.attempt?.state
    )
  })
}
