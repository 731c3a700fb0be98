import type { Context, Identity, Leadership } from '../context.ts'
import type { KeeperPlan } from '../domain/keeper-plan.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { decisions, type keepers } from '../tables/keeper.ts'
import { type Fields, insert } from '../tables/table.ts'
import { type KeeperRow, writeKeeper } from './keeper-row.ts'
import { decisionRow, decisionView, isSameDecision, lastDecision } from './write-decision.ts'

/** The decision in force, or that there is none. */
export interface LastDecision {
  readonly row: Fields<typeof decisions> | undefined
}

type Set = Partial<Omit<Fields<typeof keepers>, 'node' | 'network'>>

/**
 * Writes what is new in a plan, in one change with its events: the decision when it is another one, what
 * blocks, and whether enough channels are active. Nothing when nothing is new. A change that lost against
 * somebody else's is made again from a new look.
 */
export async function writePlan(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  memory: { last: LastDecision | undefined },
  seen: {
    readonly row: KeeperRow | undefined
    readonly plan: KeeperPlan
    readonly isDepositUsed: boolean
  },
): Promise<void> {
  const { row, plan } = seen
  memory.last ??= { row: await lastDecision(context, identity) }
  const decision = decisionRow(context, identity, plan)
  const isNew = !isSameDecision(memory.last.row, decision)
  const set: Set = {
    ...blockedNow(row, plan),
    ...belowNow(context, row, plan),
    ...(seen.isDepositUsed && { deposit_address: null }),
  }
  const hasSet = Object.keys(set).length > 0
  if (!isNew && !hasSet) return

  const writes: Write[] = [
    ...(isNew ? [insert(decisions, decision)] : []),
    ...(hasSet ? [writeKeeper(context, identity, row, set)] : []),
  ]
  const events = eventsOf(context, identity, plan, set, isNew ? decision : undefined)
  const isApplied = async (): Promise<boolean> =>
    !isNew || (await context.storage.get(decisions, [decision.id])) !== undefined
  const refused = await record(context, { writes, events, fence: leadership.fence }, isApplied)
  if (refused) context.live.wakeKeeper()
  else if (isNew) memory.last = { row: decision }
}

/** What is known only when the wallet was read. */
const ofTheWallet: readonly (string | null)[] = [
  'wallet-too-small',
  'budget-exhausted',
  'feerate-above-ceiling',
  'cannot-open',
]

/**
 * What blocks, when it is not what blocked before. That the wallet could not be read is no news of what was
 * read there before.
 */
function blockedNow(row: KeeperRow | undefined, plan: KeeperPlan): Set {
  const isUnread = plan.reason === 'money-unread'
  if (isUnread && ofTheWallet.includes(row?.blocked_reason ?? null)) return {}
  const blocked_reason = plan.verdict === 'blocked' ? plan.reason : null
  return blocked_reason === (row?.blocked_reason ?? null) ? {} : { blocked_reason }
}

/** Since when too few are active, when that has changed. Strictly: no grace period, and no channel that is only opening. */
function belowNow(context: Context, row: KeeperRow | undefined, { count }: KeeperPlan): Set {
  const isBelow = count.active < count.wanted
  const wasBelow = row !== undefined && row.below_since !== null
  if (isBelow === wasBelow) return {}
  return { below_since: isBelow ? context.clock.now() : null }
}

function eventsOf(
  context: Context,
  identity: Identity,
  plan: KeeperPlan,
  set: Set,
  decision: Fields<typeof decisions> | undefined,
): NewEvent[] {
  const { active, wanted: minimum } = plan.count
  const events: NewEvent[] = []
  if (set.below_since !== undefined) {
    const type = set.below_since === null ? 'keeper.restored' : 'keeper.below-minimum'
    events.push(newEvent(context, identity, type, 'keeper', { active, minimum }))
  }
  if (set.blocked_reason != null) {
    const data = { reason: plan.reason, says: plan.says }
    events.push(newEvent(context, identity, 'keeper.blocked', 'keeper', data))
  }
  if (decision?.verdict === 'open' && decision.mode === 'recommend') {
    const data = { decision: decisionView(decision) }
    events.push(newEvent(context, identity, 'keeper.recommended', 'keeper', data))
  }
  return events
}
