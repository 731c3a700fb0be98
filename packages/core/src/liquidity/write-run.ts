import type { Context, Identity, Leadership } from '../context.ts'
import { rowBase } from '../context.ts'
import { channelsDrained } from '../domain/liquidity-need.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { drainedChannels, liquidityRuns } from '../tables/liquidity.ts'
import { type Fields, insert, update } from '../tables/table.ts'
import { writeAutopilot } from './autopilot-row.ts'
import type { Planned } from './look.ts'
import { isSameRun, lastRun, runRow, runView } from './run-row.ts'

/** Milliseconds: an equal run is counted at most so often. */
const countEvery = 600_000

/**
 * Writes what is new, in one change with its events: the run, what blocks, whether inbound is being restored,
 * and which channels are drained now. Returns the run to act on; undefined when nothing is new, or when
 * somebody else has decided meanwhile.
 */
export async function writeRun(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  { row, snapshot, plan }: Planned,
): Promise<Fields<typeof liquidityRuns> | undefined> {
  const last = await lastRun(context, identity)
  const run = runRow(context, identity, plan, snapshot)
  // What was refused is tried again after a while.
  const isDue = last !== undefined && run.decided_at - last.last_at >= countEvery
  const isTriedAgain = isDue && run.mode === 'act' && run.verdict === 'act'
  const isSame = isSameRun(last, run) && !isTriedAgain
  const drained = channelsDrained(snapshot, context.settings.liquidity.outboundShare)
  const blocked_reason = plan.verdict === 'blocked' ? plan.reason : null
  const wasBlocked = row?.blocked_reason ?? null
  const is_recovering = plan.need.urgency === 'urgent' || plan.need.urgency === 'low'
  const isActing = plan.verdict === 'act' && run.mode === 'act' && !isSame
  const isChanged =
    blocked_reason !== wasBlocked || is_recovering !== (row?.is_recovering ?? false) || isActing

  const writes: Write[] = [
    ...(isSame ? [] : [insert(liquidityRuns, run)]),
    ...(isSame && last && isDue
      ? [update(liquidityRuns, last, { times: last.times + 1, last_at: run.decided_at })]
      : []),
    ...drained.map((channel_point) =>
      insert(drainedChannels, { ...rowBase(identity), channel_point, drained_at: run.decided_at }),
    ),
    // Whoever decides at the same time is refused: one of the two acts.
    ...(isChanged
      ? [
          writeAutopilot(context, identity, row, {
            blocked_reason,
            is_recovering,
            ...(isActing && { actions: (row?.actions ?? 0) + 1 }),
          }),
        ]
      : []),
  ]
  if (writes.length === 0) return undefined
  const events: NewEvent[] = []
  if (blocked_reason !== null && blocked_reason !== wasBlocked) {
    const { reason, says, need } = plan
    const data = {
      reason,
      says,
      inboundShare: need.inboundShare,
      runId: isSame ? last!.id : run.id,
    }
    events.push(newEvent(context, identity, 'liquidity.blocked', 'liquidity', data))
  }
  if (!isSame && plan.verdict === 'act') {
    const told = { run: runView(run) }
    if (isActing) events.push(newEvent(context, identity, 'liquidity.acting', 'liquidity', told))
    if (run.mode === 'recommend')
      events.push(newEvent(context, identity, 'liquidity.recommended', 'liquidity', told))
  }
  const isApplied = async (): Promise<boolean> =>
    !isSame && (await context.storage.get(liquidityRuns, [run.id])) !== undefined
  const refused = await record(context, { writes, events, fence }, isApplied)
  return refused || isSame ? undefined : run
}
