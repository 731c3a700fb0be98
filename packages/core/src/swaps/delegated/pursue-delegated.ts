import type { DelegatedSwapState } from '../../domain/swap.ts'
import type { DelegatedSwap, DelegatedSwapProvider } from '../../ports/swap-provider.ts'
import { swaps } from '../../tables/swaps.ts'
import type { Pursuit } from '../../transactions/mark-transaction.ts'
import { isNewlyOverdue, overdueMark } from '../overdue.ts'
import { noteOutcome } from '../provider-health.ts'
import { bearSilence } from './bear-silence.ts'
import { endDelegated } from './end-delegated.ts'
import { type JudgedReports, judgeReports } from './judge-reports.ts'
import { writeWord } from './last-word.ts'
import { type DelegatedRow, markDelegated } from './mark-delegated.ts'
import { endUnstarted, startDelegated, withinTime } from './start-delegated.ts'
import { isDelegatedOver } from './step-delegated-swap.ts'

/** Milliseconds after the call in which a swap may still appear in the daemon's list. */
const appearsWithin = 10 * 60_000

/** Milliseconds after which a swap that never appeared is given up. */
const givenUpAfter = 24 * 3_600_000

/**
 * Takes a daemon's swap as far as it can be taken now: looks for it by its label, starts it when it never was, notes
 * what the daemon reports, ends it when LND has come to its end with the payments. Each call begins with what is
 * stored, so that it can be repeated after any crash. Throws when the daemon or LND gives no answer: nothing is
 * concluded from that.
 */
export async function pursueDelegated(
  pursuit: Pursuit,
  id: string,
  provider: DelegatedSwapProvider,
): Promise<void> {
  const { context } = pursuit
  const row = await context.storage.get(swaps, [id])
  if (!row || isDelegatedOver(row.state as DelegatedSwapState)) return
  // Also before the first start: newer books than these may have started it.
  const known = await listOrWait(pursuit, row, provider)
  const judged = judgeReports(knownOf(row), known)
  if (judged.kind === 'report') return follow(pursuit, row, judged)
  if (row.asked_at !== null) return missing(pursuit, row, row.asked_at)
  const started = await startDelegated(pursuit, row, provider)
  if (!started) return
  const asked = await context.storage.get(swaps, [id])
  if (!asked || isDelegatedOver(asked.state as DelegatedSwapState)) return
  const answer = judgeReports(knownOf(asked), [started])
  if (answer.kind === 'report') await follow(pursuit, asked, answer)
}

/** Throws when there is no answer, after what that means is stored. */
async function listOrWait(
  pursuit: Pursuit,
  row: DelegatedRow,
  provider: DelegatedSwapProvider,
): Promise<readonly DelegatedSwap[]> {
  try {
    return await withinTime(pursuit, (ended) => provider.list(ended, row.id))
  } catch (error) {
    if (!pursuit.signal.aborted) await bearSilence(pursuit, row)
    throw error
  }
}

function knownOf(row: DelegatedRow): Parameters<typeof judgeReports>[0] {
  return {
    id: row.id,
    providerId: row.provider_id,
    amountMsat: row.amount_msat,
    isRevealed: row.revealed_at !== null,
  }
}

/** What the daemon says, stored where it is new. */
async function follow(
  pursuit: Pursuit,
  row: DelegatedRow,
  judged: Extract<JudgedReports, { readonly kind: 'report' }>,
): Promise<void> {
  const { context, identity } = pursuit
  const { fact, reason, report, doubles } = judged
  if (doubles > 0) {
    context.logger.error('a daemon has several swaps with one label', {
      swap: row.id,
      provider: row.provider,
      doubles,
    })
  }
  if (fact === 'stuck') return stick(pursuit, row, reason ?? 'unknown', report)
  if (!report) return
  // Also when the daemon has given it up: LND may have the payment in flight for a day.
  if (fact !== 'running' && fact !== 'completed' && isNewlyOverdue(context, row)) {
    const mark = await overdueMark(context, identity, row)
    await markDelegated(pursuit, row, { ...mark, event: 'swap.lockup-overdue' })
    context.live.wakeLiquidity()
    return
  }
  if (fact === 'completed' || fact === 'failed') {
    await endDelegated(pursuit, row, report, reason)
    return
  }
  if (row.state === fact) {
    if (row.reason !== null) await markDelegated(pursuit, row, { set: { reason: null } })
    return
  }
  const isNew = row.provider_id === null
  const noted = isNew
    ? await noteOutcome(context, identity, {
        provider: row.provider,
        outcome: 'created',
        reason: 'created',
      })
    : { writes: [], events: [] }
  await markDelegated(pursuit, row, {
    fact,
    set: {
      reason: null,
      provider_id: report.providerId,
      held_height: row.held_height ?? context.live.info?.blockHeight ?? null,
      evidence: writeWord(report),
      ...(fact === 'running' && row.revealed_at === null && { revealed_at: context.clock.now() }),
    },
    writes: noted.writes,
    events: noted.events,
  })
}

/** The amount stays reserved until somebody has helped; it is told once per reason. */
async function stick(
  pursuit: Pursuit,
  row: DelegatedRow,
  reason: string,
  report: DelegatedSwap | undefined,
): Promise<void> {
  if (row.state === 'needs-operator' && row.reason === reason) return
  pursuit.context.logger.error('a swap of a daemon needs somebody', {
    swap: row.id,
    provider: row.provider,
    reason,
  })
  await markDelegated(pursuit, row, {
    ...(row.state !== 'needs-operator' && { fact: 'stuck' }),
    set: {
      reason,
      // Where its id cannot be trusted, none is taken.
      ...(row.provider_id === null &&
        report &&
        reason !== 'duplicate-label' &&
        reason !== 'bad-answer' && {
          provider_id: report.providerId,
        }),
      ...(report && { evidence: writeWord(report) }),
    },
    event: 'swap.needs-operator',
  })
}

/** It was asked for, and the daemon's list does not have it: the call may have been cut off before or after. */
async function missing(pursuit: Pursuit, row: DelegatedRow, askedAt: number): Promise<void> {
  const age = pursuit.context.clock.now() - askedAt
  if (age > givenUpAfter) return endUnstarted(pursuit, row, { reason: 'never-started' })
  if (age > appearsWithin) return stick(pursuit, row, 'start-unknown', undefined)
  if (row.reason !== 'start-unknown')
    await markDelegated(pursuit, row, { set: { reason: 'start-unknown' } })
}
