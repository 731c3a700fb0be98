import { decideAttempt, type Evidence } from '../domain/attempt.ts'
import type { SwapPayment } from '../domain/swap-decision.ts'
import { countIntent, writeCounterOutside } from '../safety/count-intent.ts'
import { safety } from '../tables/node.ts'
import { swaps } from '../tables/swaps.ts'
import { type RowOf, requireUnchanged } from '../tables/table.ts'
import { mayAct } from '../transactions/may-act.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { ensureVerified } from './see-lockup.ts'
import { readTerms } from './stored-terms.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/** Clocks of this machine and of LND may differ by this much (milliseconds). */
export const clockMargin = 60_000

/** The intent to pay, durable and counted outside, then the call. LND recognises a repetition by the hash. */
export async function paySwap(
  pursuit: SwapPursuit,
  row: SwapRow,
  guard: RowOf<typeof safety>,
): Promise<void> {
  const { context, identity, leadership, follower } = pursuit
  if (!(await ensureVerified(pursuit, row)) || !mayAct(pursuit)) return
  const isFirst = row.state === 'verified'
  // Calls of a holder that is provably gone no longer count; those of a paused one do.
  const counts = row.epoch === leadership.epoch || !context.storage.isExclusive
  const { maximumCltv } = context.settings.swapping
  const refused = await markSwap(pursuit, row, {
    ...(isFirst && { fact: 'paying', event: 'swap.paying' }),
    set: {
      reason: null,
      epoch: leadership.epoch,
      calls: counts ? row.calls + 1 : 1,
      // An earlier call may have been made with a greater one.
      maximum_cltv: Math.max(row.maximum_cltv ?? 0, maximumCltv),
    },
    writes: [requireUnchanged(safety, guard), countIntent(identity)],
  })
  if (refused) return
  if (!(await isCountedOutside(pursuit, row.id)) || !mayAct(pursuit)) return
  const { invoice } = readTerms(row) as { readonly invoice: string }
  follower.sight.payment = { evidence: { kind: 'none' } }
  follower.pay(
    {
      paymentRequest: invoice,
      feeLimitMsat: row.routing_limit_msat,
      timeoutSeconds: context.settings.paymentTimeoutSeconds,
      maximumCltv,
      outgoingChannels: row.outgoing_channels as string[],
    },
    row.payment_hash,
  )
}

/** Money rule 15: the intent reaches the counter outside before LND hears of it. */
async function isCountedOutside(pursuit: SwapPursuit, id: string): Promise<boolean> {
  const { context, identity } = pursuit
  try {
    await writeCounterOutside(context, identity)
    return true
  } catch (error) {
    context.logger.error('the intent counter cannot be written; no swap is paid until it can', {
      swap: id,
      error: error instanceof Error ? error.message : String(error),
    })
  }
  const row = await context.storage.get(swaps, [id])
  if (row && row.reason !== 'counter-unreachable') {
    await markSwap(pursuit, row, { set: { reason: 'counter-unreachable' } })
  }
  return false
}

/** LND has had it, and does not know it any more. */
export function isForgotten({ seen_at: seenAt }: SwapRow, { kind }: Evidence): boolean {
  return seenAt !== null && (kind === 'not-found' || kind === 'refused')
}

/** What may be relied upon of LND's word about a swap's payment (money rules 4 and 14). */
export function judgePayment(
  { context, leadership, follower }: SwapPursuit,
  row: SwapRow,
  guard: RowOf<typeof safety>,
): SwapPayment {
  const { evidence, update } = follower.sight.payment
  if (evidence.kind === 'none') return 'unasked'
  if (evidence.kind === 'in-flight') {
    const underWay = (update?.htlcs ?? [])
      .filter(({ state }) => state === 'in-flight')
      .reduce((sum, { amountMsat }) => sum + amountMsat, 0n)
    return underWay >= row.amount_msat ? 'held' : 'in-flight'
  }
  // Nothing was ever sent by these books.
  if (row.state === 'created' || row.state === 'verified') {
    if (evidence.kind === 'not-found') return 'absent'
    return evidence.kind === 'succeeded' || evidence.kind === 'failed' ? evidence.kind : 'unclear'
  }
  if (isForgotten(row, evidence)) return 'forgotten'
  const action = decideAttempt(
    {
      state: 'sent',
      epoch: row.epoch,
      ourEpoch: leadership.epoch,
      sends: row.calls,
      isSeen: row.seen_at !== null,
      isExpired: (row.expires_at ?? 0) + clockMargin <= context.clock.now(),
      isExclusive: context.storage.isExclusive,
      isHalted: guard.is_halted,
      isNodeBehind: guard.cause === 'node-behind',
      outbound: 'enough',
    },
    evidence,
  )
  switch (action.do) {
    case 'book-succeeded':
      return 'succeeded'
    case 'book-failed':
      return 'failed'
    case 'send':
      return 'to-send'
    case 'wait':
      return evidence.kind === 'not-found' && action.because === 'halted' ? 'absent' : 'unclear'
    default:
      return 'unclear'
  }
}
