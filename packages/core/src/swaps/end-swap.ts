import type { ProviderOutcome } from '../domain/provider-health.ts'
import { bookSwap } from '../domain/swap-bookings.ts'
import { revealMargin } from '../domain/swap-decision.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { returnCharge } from './charge-swaps.ts'
import { returnAll } from './charge-withdrawal.ts'
import { claimFeeOf, confirmClaim } from './confirm-claim.ts'
import { markSwap, type SwapRow } from './mark-swap.ts'
import { outcomeOnce } from './overdue.ts'
import { isForgotten } from './pay-swap.ts'
import { noteOutcome } from './provider-health.ts'
import { readSpending } from './read-spending.ts'
import { freePayout } from './settle-payout.ts'
import type { SwapPursuit } from './swap-pursuit.ts'

/** Why a swap ends without having cost anything. */
export interface UnpaidEnding {
  readonly reason: string
  readonly says?: string
  /** Left out: nothing that the provider has to answer for. */
  readonly outcome?: ProviderOutcome
}

/** Nothing was paid: `failed-unpaid`. */
export async function endUnpaid(
  pursuit: SwapPursuit,
  row: SwapRow,
  ending: UnpaidEnding,
): Promise<void> {
  await endWithoutCost(pursuit, row, row.state === 'paying' ? 'payment-failed' : 'refused', ending)
}

/** Why a lockup was not claimed that the provider has nothing to answer for. */
const notTheirs: ReadonlySet<string> = new Set([
  'claim-above-limit',
  'feerate-unknown',
  'fee-above-limit',
  'output-below-dust',
  'payout-unaffordable',
  'payout-not-bound',
  'terms-damaged',
  'no-key',
  'lockup-unread',
])

const tooLate: ReadonlySet<string> = new Set(['too-late-to-reveal', 'too-near-timeout'])

/** The payment came back, whole: `returned`. */
export async function endReturned(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { evidence, update: seen } = pursuit.follower.sight.payment
  // What it waited for tells more than that the payment came back.
  const { reason } = row
  const isRefused = reason?.startsWith('lockup-refused') ?? false
  if (isForgotten(row, evidence)) {
    const says = `given up by the operator: ${row.given_up}`
    return endWithoutCost(pursuit, row, 'payment-failed', { reason: 'given-up', says })
  }
  // No claim of ours came through, and the provider has not used what it learned.
  if (row.revealed_at !== null)
    return endWithoutCost(pursuit, row, 'taken-back', { reason: 'lockup-taken-back' })
  const isForUs = notTheirs.has(reason ?? '')
  const isMissed = !isRefused && !isForUs && wasMissed(pursuit, row)
  const isTold = isRefused || isForUs || tooLate.has(reason ?? '')
  const otherwise = isMissed ? 'too-late-to-reveal' : 'payment-returned'
  await endWithoutCost(pursuit, row, 'payment-failed', {
    reason: isTold && reason !== null ? reason : otherwise,
    says: `LND: ${seen?.failure ?? 'failed'}`,
    ...(!isForUs && !isMissed && { outcome: isRefused ? 'lied' : 'failed' }),
  })
}

/** The lockup was there while there was time to claim it, and there is none any more: it was we who were away. */
function wasMissed({ context }: SwapPursuit, row: SwapRow): boolean {
  const { lockup_height: lockupHeight, timeout_height: timeout } = row
  if (lockupHeight === null || timeout === null) return false
  const usableFrom = lockupHeight + context.settings.swapping.confirmations - 1
  const height = context.live.info?.blockHeight ?? 0
  return timeout - usableFrom >= revealMargin && timeout - height < revealMargin
}

async function endWithoutCost(
  pursuit: SwapPursuit,
  row: SwapRow,
  fact: 'refused' | 'payment-failed' | 'taken-back',
  { reason, says, outcome }: UnpaidEnding,
): Promise<void> {
  const noted = await noteFor(pursuit, row, outcome, reason, says)
  const payout = await freePayout(pursuit, row)
  await markSwap(pursuit, row, {
    fact,
    set: {
      reason,
      evidence: says === undefined ? row.evidence : { says },
      routing_msat: 0n,
      service_msat: 0n,
      claim_fee_msat: 0n,
      prepay_lost_msat: 0n,
      ended_at: pursuit.context.clock.now(),
    },
    writes: [...returnAll(pursuit.identity, row), ...noted.writes, ...payout.writes],
    events: [...noted.events, ...payout.events],
    event: 'swap.failed',
  })
  if (row.payout !== null) pursuit.context.live.wakeOnchain()
}

/** The claim is deep enough: its costs are booked, and its place and budget are free. */
export async function endClaimed(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { context, identity, follower } = pursuit
  const { sight } = follower
  const spent = await readSpending(row, sight)
  if (!spent || spent.receivedSat === undefined) return
  const lockupMsat = row.lockup_msat ?? 0n
  const claimFeeMsat = claimFeeOf(row, spent)
  const paid = paidOf(pursuit, row)
  const moves = {
    ...paid,
    lockupMsat,
    claimFeeMsat,
    leavesNode: row.destination_kind === 'operator',
  }
  const serviceMsat = paid.paidMsat - lockupMsat
  const costMsat = serviceMsat + paid.routingMsat + claimFeeMsat
  const took = context.clock.now() - row.created_at
  const noted = await noteFor(pursuit, row, 'completed', 'completed', undefined, took)
  await markSwap(pursuit, row, {
    fact: 'claim-buried',
    set: {
      reason: null,
      routing_msat: paid.routingMsat,
      service_msat: serviceMsat,
      claim_fee_msat: claimFeeMsat,
      prepay_lost_msat: 0n,
      ended_at: context.clock.now(),
    },
    writes: [
      ...postTransaction(context, identity, bookSwap(row.id, moves)),
      ...returnCharge(identity, row, costMsat),
      ...(await confirmClaim(pursuit, spent)),
      ...noted.writes,
    ],
    events: noted.events,
    event: 'swap.claimed',
  })
}

/** Somebody else has the lockup, for good, and the preimage was revealed. */
export async function endLost(pursuit: SwapPursuit, row: SwapRow): Promise<void> {
  const { context, identity } = pursuit
  const paid = paidOf(pursuit, row)
  const moves = { ...paid, lockupMsat: 0n, claimFeeMsat: 0n }
  const says = 'the lockup was spent by somebody else after the preimage was revealed'
  const noted = await noteFor(pursuit, row, 'lied', 'lockup-taken', says)
  await markSwap(pursuit, row, {
    fact: 'lockup-taken',
    set: {
      reason: 'lockup-taken',
      evidence: { says },
      routing_msat: paid.routingMsat,
      service_msat: paid.paidMsat,
      claim_fee_msat: 0n,
      prepay_lost_msat: 0n,
      ended_at: context.clock.now(),
    },
    writes: [
      ...postTransaction(context, identity, bookSwap(row.id, moves)),
      ...returnCharge(identity, row, paid.paidMsat + paid.routingMsat),
      ...noted.writes,
    ],
    events: noted.events,
    event: 'swap.lost',
  })
}

/**
 * LND's last word about the payment. One that it has forgotten, and whose preimage was revealed, is taken as paid, with
 * all that its routing could cost: the provider had every reason to take it.
 */
function paidOf(
  { follower }: SwapPursuit,
  row: SwapRow,
): { readonly paidMsat: bigint; readonly routingMsat: bigint } {
  const { evidence, update: seen } = follower.sight.payment
  if (isForgotten(row, evidence))
    return { paidMsat: row.amount_msat, routingMsat: row.routing_limit_msat }
  if (evidence.kind !== 'succeeded') return { paidMsat: 0n, routingMsat: 0n }
  return { paidMsat: row.amount_msat, routingMsat: seen?.feeMsat ?? 0n }
}

async function noteFor(
  { context, identity }: SwapPursuit,
  row: SwapRow,
  outcome: ProviderOutcome | undefined,
  reason: string,
  says?: string,
  took?: number,
): Promise<{ readonly writes: readonly Write[]; readonly events: readonly NewEvent[] }> {
  if (outcome === undefined) return { writes: [], events: [] }
  return noteOutcome(context, identity, {
    provider: row.provider,
    outcome: outcomeOnce(row, outcome),
    reason,
    ...(says !== undefined && { says }),
    ...(took !== undefined && { took }),
  })
}
