import { hasEnded, type SwapState } from '../domain/swap.ts'
import {
  decideSwap,
  dueAlarm,
  type SwapAction,
  type SwapSituation,
  type SwapSpending,
} from '../domain/swap-decision.ts'
import { isMaybePaid } from '../payouts/maybe-paid.ts'
import { areTransactionsCompared, isCompared } from '../safety/compared.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import type { safety } from '../tables/node.ts'
import { swaps } from '../tables/swaps.ts'
import type { RowOf } from '../tables/table.ts'
import { askForSwap } from './ask-for-swap.ts'
import { readBoundPayout } from './bound-payout.ts'
import { claimSwap, readClaimFeerate } from './claim-swap.ts'
import { endClaimed, endLost, endReturned, endUnpaid } from './end-swap.ts'
import { lookAtLockup } from './look-at-lockup.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { noteOverdue } from './note-overdue.ts'
import { clockMargin, judgePayment, paySwap } from './pay-swap.ts'
import { readSpending } from './read-spending.ts'
import { revealSwap } from './reveal-swap.ts'
import type { JudgedLockup } from './see-lockup.ts'
import { isPayoutOpen, settlePayout } from './settle-payout.ts'
import type { SwapPursuit } from './swap-pursuit.ts'
import { verifySwap } from './verify-swap.ts'

/** Milliseconds after which a swap that was not even asked for is given up: its price is too old. */
const longestUnasked = 600_000

/** Milliseconds; blocks keep the clock of a synced LND within two hours of the world's. */
const longExpired = 3 * 3_600_000

/** Steps in a row after which a swap waits for the next look: each one is recorded, so that there are few. */
const mostSteps = 30

/**
 * Takes a swap as far as it goes now. Every step is decided from what is stored and what LND shows, recorded, and
 * only then done, so that it may be called again after any crash, any number of times. `isLook`: it was not called
 * because something came in sight, so that what is not followed is asked for anew. Answers whether it has ended.
 */
export async function pursueSwap(
  pursuit: SwapPursuit,
  id: string,
  isLook: boolean,
): Promise<boolean> {
  const { context, leadership, signal } = pursuit
  if (isLook) forgetOld(pursuit)
  for (let step = 0; step < mostSteps && !signal.aborted; step++) {
    const row = await context.storage.get(swaps, [id])
    if (!row || hasEnded(row.state as SwapState)) return true
    if (context.live.state !== 'ready') return false
    // Before the comparison with LND nothing tells a new swap from one of an old copy of the books. What is revealed is
    // claimed all the same, see `mayClaim`; what else is stored of it meanwhile is what LND's chain shows, and alarms.
    if (row.revealed_at === null && !isCompared(context, leadership)) return false
    const guard = await readSafety(context, pursuit.identity)
    watch(pursuit, row)
    const lockup = await lookAtLockup(pursuit, row)
    if (await noteSights(pursuit, row, lockup)) continue
    const situation = await situationOf(pursuit, row, guard, lockup)
    const goesOn = await act(pursuit, row, guard, decideSwap(situation), lockup)
    if (!goesOn) return false
  }
  return false
}

/** What LND said about a payment that nobody follows any more may be old: it is asked again. */
function forgetOld({ follower }: SwapPursuit): void {
  const { sight, isPaymentFollowed } = follower
  const { kind } = sight.payment.evidence
  const isLast = kind === 'succeeded' || kind === 'failed'
  if (!isPaymentFollowed && !isLast) sight.payment = { evidence: { kind: 'none' } }
}

const unpaid: ReadonlySet<string> = new Set(['created', 'verified'])

function watch({ follower }: SwapPursuit, row: SwapRow): void {
  // Before it is paid: whoever is not allowed to watch must not pay.
  if (row.state !== 'created') follower.watchLockup(row)
  if (row.revealed_at !== null) follower.watchSpending(row)
}

/** What must be stored besides the state. True: something was. */
async function noteSights(
  pursuit: SwapPursuit,
  row: SwapRow,
  { word, lockup }: JudgedLockup,
): Promise<boolean> {
  const { context, follower } = pursuit
  const { evidence } = follower.sight.payment
  const isShown =
    evidence.kind === 'in-flight' || evidence.kind === 'succeeded' || evidence.kind === 'failed'
  const isSent = !unpaid.has(row.state)
  if (isShown && isSent && row.seen_at === null) {
    const held_height = context.live.info?.blockHeight ?? null
    await markSwap(pursuit, row, { set: { seen_at: context.clock.now(), held_height } })
    return true
  }
  // After a reorganization the provider may have locked it up again, elsewhere.
  const outpoint = lockup && `${lockup.txid}:${lockup.vout}`
  if (word === 'ours' && lockup && row.lockup_outpoint !== null) {
    if (row.lockup_outpoint !== outpoint || row.lockup_height !== lockup.height) {
      await markSwap(pursuit, row, { set: lockupColumns(lockup) })
      return true
    }
  }
  if (await noteOverdue(pursuit, row, word)) return true
  return raiseAlarm(pursuit, row)
}

function lockupColumns(lockup: NonNullable<JudgedLockup['lockup']>) {
  return {
    lockup_outpoint: `${lockup.txid}:${lockup.vout}`,
    lockup_msat: lockup.valueSat * 1000n,
    lockup_height: lockup.height,
  }
}

/** 72, 36 and 12 blocks before the timeout, while money is with the provider and nothing is claimed. */
async function raiseAlarm(pursuit: SwapPursuit, row: SwapRow): Promise<boolean> {
  const { context, follower } = pursuit
  if (row.timeout_height === null || unpaid.has(row.state)) return false
  if (follower.sight.spending) return false
  const blocksLeft = row.timeout_height - (context.live.info?.blockHeight ?? 0)
  const alarm = dueAlarm(blocksLeft, row.alarm)
  if (alarm === undefined) return false
  context.logger.error('the timeout of a swap that is not claimed comes near', {
    swap: row.id,
    state: row.state,
    blocksLeft,
  })
  await markSwap(pursuit, row, { set: { alarm }, alarmBlocks: blocksLeft })
  return true
}

async function situationOf(
  pursuit: SwapPursuit,
  row: SwapRow,
  guard: RowOf<typeof safety>,
  lockup: JudgedLockup,
): Promise<SwapSituation> {
  const { context, leadership } = pursuit
  const now = context.clock.now()
  const height = context.live.info?.blockHeight ?? 0
  const needsFee = row.state === 'lockup-confirmed' && lockup.word === 'ours'
  const fee = needsFee ? await readClaimFeerate(pursuit, row) : undefined
  return {
    state: row.state as SwapState,
    wasAsked: row.asked_at !== null,
    hasTerms: row.terms !== null,
    isOutdated: now - row.created_at > longestUnasked,
    isHalted: guard.is_halted,
    isCompared: isCompared(context, leadership),
    isGivenUp: row.given_up !== null,
    payoutDoubt: await doubtPayout(pursuit, row, guard),
    hindrance: hindranceOf(pursuit, row),
    watch: context.lightning.chain ? pursuit.follower.sight.watch : 'forbidden',
    isLongExpired: (row.expires_at ?? now) + longExpired <= now,
    isInvoiceExpired: (row.expires_at ?? 0) <= now + clockMargin,
    payment: judgePayment(pursuit, row, guard),
    lockup: lockup.word,
    spending: await spendingOf(pursuit, row, height),
    isPayoutOpen: isPayoutOpen(row),
    blocksLeft: row.timeout_height === null ? undefined : row.timeout_height - height,
    isClaimAffordable: fee?.isAffordable ?? false,
    isFeerateUnknown: fee?.isKnown === false,
    finalAfter: context.settings.transactions.confirmations,
  }
}

/** Before it is paid: a payment that is under way tells that newer books had not ended the swap either. */
async function doubtPayout(
  { context, leadership }: SwapPursuit,
  row: SwapRow,
  guard: RowOf<typeof safety>,
): Promise<SwapSituation['payoutDoubt']> {
  const payout = await readBoundPayout(context, row)
  if (!payout) return undefined
  if (isMaybePaid(payout, guard)) return 'maybe-paid'
  return areTransactionsCompared(context, leadership) ? undefined : 'uncompared'
}

/** Another process may have the key, and this one may be given it. */
function hindranceOf({ context, follower }: SwapPursuit, row: SwapRow): SwapSituation['hindrance'] {
  if (follower.sight.isDamageTold) return 'terms-damaged'
  return context.live.swapKey?.keyId === row.key_id ? undefined : 'no-key'
}

async function spendingOf(
  { follower }: SwapPursuit,
  row: SwapRow,
  height: number,
): Promise<SwapSpending> {
  const spent = await readSpending(row, follower.sight)
  if (!spent) return { by: 'nobody' }
  const confirmations = Math.max(1, height - spent.blockHeight + 1)
  return { by: spent.receivedSat === undefined ? 'others' : 'us', confirmations }
}

/** Answers whether there may be something to go on with at once. */
async function act(
  pursuit: SwapPursuit,
  row: SwapRow,
  guard: RowOf<typeof safety>,
  action: SwapAction,
  { lockup, reason, says }: JudgedLockup,
): Promise<boolean> {
  const { context, follower } = pursuit
  switch (action.do) {
    case 'nothing':
      return false
    case 'ask':
      await askForSwap(pursuit, row)
      return true
    case 'verify':
      await verifySwap(pursuit, row)
      return true
    case 'end-unpaid':
      await endUnpaid(pursuit, row, unpaidEnding(pursuit, action.because))
      return true
    case 'track':
      follower.track(row.payment_hash)
      return false
    case 'adopt-payment':
      context.logger.warn('LND has a payment of a swap that these books have not sent', {
        swap: row.id,
      })
      await markSwap(pursuit, row, {
        fact: 'paying',
        set: { reason: null, epoch: pursuit.leadership.epoch, calls: 1 },
        event: 'swap.paying',
      })
      return true
    case 'pay':
      await paySwap(pursuit, row, guard)
      return false
    case 'note-held':
      await markSwap(pursuit, row, { fact: 'held', set: { reason: null }, event: 'swap.held' })
      return true
    case 'note-lockup-seen':
      await markSwap(pursuit, row, { fact: 'lockup-seen', set: { reason: null } })
      return true
    case 'note-lockup':
      await markSwap(pursuit, row, {
        fact: 'lockup-confirmed',
        set: { reason: null, ...lockupColumns(lockup!) },
        event: 'swap.lockup-confirmed',
      })
      return true
    case 'note-lockup-gone':
      await markSwap(pursuit, row, {
        fact: 'lockup-gone',
        set: {
          reason: 'reorganized',
          // It takes as long again until it is in another block.
          held_height: context.live.info?.blockHeight ?? null,
          lockup_outpoint: null,
          lockup_msat: null,
          lockup_height: null,
        },
      })
      return true
    case 'reveal':
      return revealSwap(pursuit, row)
    case 'claim':
    case 'tend-claim':
      return claimSwap(pursuit, row)
    case 'settle-payout':
      await settlePayout(pursuit, row)
      return true
    case 'end-returned':
      await endReturned(pursuit, row)
      return true
    case 'end-claimed':
      await endClaimed(pursuit, row)
      return true
    case 'end-lost':
      await endLost(pursuit, row)
      return true
    case 'wait': {
      const isRefused = action.because === 'lockup-refused'
      const because = isRefused ? refusedBecause(reason) : action.because
      if (row.reason === because) return false
      const evidence = isRefused && says ? { evidence: { says } } : {}
      await markSwap(pursuit, row, {
        set: { reason: because, ...evidence },
        // It waits for whoever has the key.
        ...(because === 'no-key' && { event: 'swap.needs-operator' }),
      })
      return false
    }
  }
}

function refusedBecause(reason: string | undefined): string {
  if (reason === 'terms-damaged') return reason
  return reason ? `lockup-refused: ${reason}` : 'lockup-refused'
}

function unpaidEnding(
  { follower }: SwapPursuit,
  because: Extract<SwapAction, { do: 'end-unpaid' }>['because'],
) {
  if (because === 'payment-failed') {
    const { evidence, update } = follower.sight.payment
    // It has never left: the provider has nothing to answer for.
    if (evidence.kind === 'refused' && evidence.isExpired) return { reason: 'invoice-expired' }
    return {
      reason: update?.failure ? `payment-${update.failure}` : because,
      outcome: 'failed',
    } as const
  }
  return because === 'provider-unknown'
    ? ({ reason: because, outcome: 'failed' } as const)
    : { reason: because }
}
