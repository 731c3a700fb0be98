import type { Context, Identity, Leadership } from '../context.ts'
import {
  type AttemptAction,
  type AttemptSituation,
  type AttemptState,
  decideAttempt,
  type WaitReason,
} from '../domain/attempt.ts'
import type { Traced } from '../metrics/create-tracer.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'
import { maximumDecisions } from '../record.ts'
import { isCompared, whenCompared } from '../safety/compared.ts'
import { writeCounterOutside } from '../safety/count-intent.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { endPayout, hasEnded } from './end-payout.ts'
import { findAttempt } from './get-payout.ts'
import { markSeen, markSent, markUnknown, markWaiting, type PayoutRows } from './mark-attempt.ts'
import { type Observation, observePayment } from './observe-payment.ts'
import { isOutboundShort, outboundPause } from './outbound-short.ts'

/** Clocks of this machine and of LND may differ by this much (milliseconds). */
const clockMargin = 60_000

/** Milliseconds between two tries to hear LND's word on an expiry. */
const askAgainAfter = 30_000

/** Milliseconds after which an expiry is looked at again, however far it is: our clock may be wrong now. */
const longestWait = 60_000

/** `after`: look again after so many milliseconds. `unresolved`: its payee's server must be asked first. */
export type PayResult =
  | { readonly ended: true }
  | { readonly ended: false; readonly after: number; readonly isUnresolved?: true }

/**
 * Takes a payout as far as it goes now. Every step is decided from what is stored and what LND shows,
 * recorded, and only then done, so that it may be called again after any crash, any number of times.
 */
export async function payPayout(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  id: string,
  signal: AbortSignal,
  onInFlight: () => void = () => undefined,
): Promise<PayResult> {
  const following: Following = { context, identity, leadership, signal, onInFlight }
  let seen: Observation = { evidence: { kind: 'none' } }
  let hasAskedAgain = false
  for (;;) {
    const rows = await read(context, id)
    if (!rows || hasEnded(rows.payout.state)) return { ended: true }
    if (!hasAttempt(rows)) return { ended: false, after: 0, isUnresolved: true }
    const guard = await readSafety(context, identity)
    const outbound = await outboundFor(context, rows)
    const action = decideAttempt(
      situation(context, rows, leadership, guard, outbound),
      seen.evidence,
    )
    switch (action.do) {
      case 'nothing':
        return { ended: true }
      case 'send': {
        // A failed payment goes out again to hear whether it has expired for LND too: once, then later.
        if (seen.evidence.kind === 'failed') {
          if (hasAskedAgain) return { ended: false, after: askAgainAfter }
          hasAskedAgain = true
        }
        // Nothing tells a new payout from one of an old copy of the books before they are compared.
        if (!(await whenCompared(context, leadership, signal)) || !mayCall(following)) {
          return { ended: false, after: 1000 }
        }
        if (await markSent(context, identity, rows, guard, leadership)) {
          seen = { evidence: { kind: 'none' } }
          continue
        }
        if (!(await isCountedOutside(following, id))) return { ended: false, after: 1000 }
        seen = await traceSend(context, rows, async (span) => {
          const shown = await send(following, rows)
          if (shown.evidence.kind !== 'succeeded') span.fail(shown.evidence.kind)
          return shown
        })
        break
      }
      case 'track':
        seen = await track(following, rows)
        break
      case 'book-succeeded':
        // Otherwise the rows have moved: LND's word is held against them as they are now.
        if (!(await bookSucceeded(following, rows, seen.update))) continue
        return { ended: true }
      case 'book-failed':
        // Old books, or an old LND, fail what was paid: first they are compared, and it is read anew.
        if (!isCompared(context, leadership)) {
          if (!(await whenCompared(context, leadership, signal))) {
            return { ended: false, after: 1000 }
          }
          continue
        }
        if (!(await bookFailed(following, rows, failureOf(action.because, seen), seen))) continue
        return { ended: true }
      case 'mark-unknown':
        if (seen.evidence.kind !== 'silence') {
          context.logger.error(
            'LND does not know a payment any more that it had; resolve the payout by hand',
            { payout: id },
          )
        }
        await markUnknown(context, identity, rows, leadership, evidenceOf(seen))
        return { ended: false, after: 1000 }
      case 'wait':
        if (action.because !== 'silence' && rows.payout.reason !== action.because) {
          await markWaiting(context, identity, rows, leadership, action.because)
        }
        return { ended: false, after: waitFor(context, action.because, rows) }
    }
    // Silence while we are being stopped is our own doing and proves nothing.
    if (signal.aborted && seen.evidence.kind === 'silence') return { ended: false, after: 1000 }
  }
}

type Read = Pick<PayoutRows, 'payout'> & { readonly attempt: PayoutRows['attempt'] | undefined }

async function read(context: Context, id: string): Promise<Read | undefined> {
  const payout = await context.storage.get(payouts, [id])
  return payout && { payout, attempt: await findAttempt(context, id) }
}

function hasAttempt(rows: Read | undefined): rows is PayoutRows {
  return rows?.attempt !== undefined
}

/** What was never sent waits for channels that can send it; what was is LND's to end. */
async function outboundFor(
  context: Context,
  { payout, attempt }: PayoutRows,
): Promise<AttemptSituation['outbound']> {
  if (attempt.state !== 'recorded' || !(await isOutboundShort(context, payout))) return 'enough'
  const isOverdue = payout.deadline !== null && payout.deadline <= context.clock.now()
  return isOverdue ? 'short-for-too-long' : 'short'
}

/** Not while another LND may answer, nor on a lease that may be somebody else's by now. */
function mayCall({ context, leadership, signal }: Following): boolean {
  return !signal.aborted && context.live.state === 'ready' && leadership.isFresh()
}

/**
 * Money rule 15: the intent reaches the counter outside before LND hears of it. While it cannot be
 * written the payout waits and says so; false when it must be decided anew.
 */
async function isCountedOutside(following: Following, id: string): Promise<boolean> {
  const { context, identity, leadership, signal } = following
  for (let tries = 1; ; tries++) {
    try {
      await writeCounterOutside(context, identity)
      return tries === 1 || !(await readSafety(context, identity)).is_halted
    } catch (error) {
      context.logger.error('the intent counter cannot be written; nothing is sent until it can', {
        payout: id,
        error: error instanceof Error ? error.message : String(error),
      })
    }
    const rows = await read(context, id)
    if (hasAttempt(rows) && rows.payout.reason !== 'counter-unreachable') {
      await markWaiting(context, identity, rows, leadership, 'counter-unreachable')
    }
    await context.clock.sleep(1000, signal)
    if (!mayCall(following) || !isCompared(context, leadership)) return false
  }
}

function situation(
  context: Context,
  { attempt }: PayoutRows,
  leadership: Leadership,
  guard: RowOf<typeof safety>,
  outbound: AttemptSituation['outbound'],
): AttemptSituation {
  return {
    state: attempt.state as AttemptState,
    epoch: attempt.epoch,
    ourEpoch: leadership.epoch,
    sends: attempt.sends,
    isSeen: attempt.seen_at !== null,
    isExpired: attempt.expires_at + clockMargin <= context.clock.now(),
    isExclusive: context.storage.isExclusive,
    isHalted: guard.is_halted,
    isNodeBehind: guard.cause === 'node-behind',
    outbound,
  }
}

/** Everything that one payout's following needs besides its rows. */
interface Following {
  readonly context: Context
  readonly identity: Identity
  readonly leadership: Leadership
  readonly signal: AbortSignal
  readonly onInFlight: () => void
}

/** The span of one try: it ends with LND's word, or with its silence. */
function traceSend<T>(
  { tracer }: Context,
  { payout, attempt }: PayoutRows,
  act: (span: Traced) => Promise<T>,
): Promise<T> {
  const attributes = {
    'payment_node.payout.id': payout.id,
    'payment_node.partner.id': payout.partner,
    'payment_node.payout.attempt': attempt.number,
  }
  return tracer.run('payment_node.payout.send', { attributes, parent: payout.traceparent }, act)
}

async function send(following: Following, rows: PayoutRows): Promise<Observation> {
  const { context, leadership, signal } = following
  // Money rule 14: checked directly before the call, which LND dedupes by its hash all the same.
  if (!leadership.isFresh()) return { evidence: { kind: 'silence' } }
  const { payout, attempt } = rows
  const updates = context.lightning.pay(
    {
      paymentRequest: attempt.payment_request,
      ...(attempt.is_open_amount && { amountMsat: payout.amount_msat }),
      feeLimitMsat: payout.fee_limit_msat,
      timeoutSeconds: context.settings.paymentTimeoutSeconds,
    },
    signal,
  )
  const seen = await observe(following, rows, updates)
  if (seen.evidence.kind !== 'refused') return seen
  // LND may refuse the call and have the payment all the same (its own store failed half-way).
  const tracked = await track(following, rows)
  if (tracked.evidence.kind === 'not-found') return seen
  if (tracked.evidence.kind !== 'failed') return tracked
  // It failed, and LND has just said whether it could be started again.
  return {
    ...tracked,
    evidence: { ...tracked.evidence, isExpired: seen.evidence.isExpired ?? false },
  }
}

async function track(following: Following, rows: PayoutRows): Promise<Observation> {
  const { context, signal } = following
  const updates = context.lightning.trackPayment(rows.attempt.payment_hash, signal)
  const seen = await observe(following, rows, updates)
  // That LND refused to say is no word about the payment.
  return seen.evidence.kind === 'refused' ? { ...seen, evidence: { kind: 'silence' } } : seen
}

function observe(
  following: Following,
  { payout, attempt }: PayoutRows,
  updates: AsyncIterable<PaymentUpdate>,
): Promise<Observation> {
  return observePayment(following.context, updates, attempt.prior_index, async (update) => {
    following.onInFlight()
    await noteSeen(following, payout.id, update)
  })
}

/** Stored once: what LND has shown is never taken for something that did not happen. */
async function noteSeen(following: Following, id: string, update: PaymentUpdate): Promise<void> {
  const { context, identity, leadership } = following
  const evidence = evidenceOf({ evidence: { kind: 'in-flight' }, update })
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const rows = await read(context, id)
    if (!hasAttempt(rows) || rows.attempt.seen_at !== null) return
    if (!(await markSeen(context, identity, rows, leadership, evidence))) return
  }
}

async function bookSucceeded(
  { context, identity, leadership }: Following,
  rows: PayoutRows,
  update: PaymentUpdate | undefined,
): Promise<boolean> {
  if (!update) throw new TypeError('a success without the update that shows it')
  const ending = {
    state: 'succeeded',
    feeMsat: update.feeMsat,
    preimage: update.preimage ?? null,
    evidence: evidenceOf({ evidence: { kind: 'succeeded' }, update }),
  } as const
  return (await endPayout(context, identity, rows, ending, leadership.fence)) !== undefined
}

async function bookFailed(
  { context, identity, leadership }: Following,
  rows: PayoutRows,
  reason: ReturnType<typeof failureOf>,
  seen: Observation,
): Promise<boolean> {
  const ending = { state: 'failed', reason, evidence: evidenceOf(seen) } as const
  return (await endPayout(context, identity, rows, ending, leadership.fence)) !== undefined
}

function failureOf(
  because: Extract<AttemptAction, { do: 'book-failed' }>['because'],
  { update }: Observation,
) {
  return because === 'node-says-failed' ? (update?.failure ?? 'error') : because
}

/** JSON for the attempt's row: what LND said, in its own terms, without secrets. */
function evidenceOf({ evidence, update, error }: Observation): unknown {
  return {
    kind: evidence.kind,
    ...(error && { says: error.message }),
    ...(update && {
      state: update.state,
      failure: update.failure ?? null,
      feeMsat: update.feeMsat.toString(),
      htlcs: update.htlcs.map((htlc) => ({
        state: htlc.state,
        amountMsat: htlc.amountMsat.toString(),
        firstChannelId: htlc.firstChannelId,
        expiryHeight: htlc.expiryHeight,
      })),
    }),
  }
}

function waitFor(context: Context, because: WaitReason, { attempt }: PayoutRows): number {
  if (because === 'outbound-short') return outboundPause
  if (because !== 'may-still-be-sent') return 1000
  const left = attempt.expires_at + clockMargin - context.clock.now()
  return Math.min(longestWait, Math.max(1000, left))
}
