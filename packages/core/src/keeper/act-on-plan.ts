import { recordOpening } from '../channels/record-opening.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import type { KeeperPlan } from '../domain/keeper-plan.ts'
import { type ErrorCode, PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { decisions, keepers } from '../tables/keeper.ts'
import { type Fields, insert, requireUnchanged } from '../tables/table.ts'
import { type KeeperRow, writeKeeper } from './keeper-row.ts'
import { decisionRow } from './write-decision.ts'

/** What became of a decision to open. */
export type Outcome =
  | { readonly did: 'record' }
  /** Something changed meanwhile: look again. */
  | { readonly did: 'nothing' }
  /** Refused with today's money: the plan says so now. */
  | { readonly did: 'blocked'; readonly plan: KeeperPlan }

const blockedBy: Partial<Record<ErrorCode, KeeperPlan['reason']>> = {
  'channel.above-ceiling': 'feerate-above-ceiling',
  'channel.over-budget': 'budget-exhausted',
  'channel.wallet-too-small': 'wallet-too-small',
}

/** Refusals that the next look sees for itself. */
const meanwhile: readonly ErrorCode[] = [
  'channel.opening-under-way',
  'safety.halted',
  'peer.blacklisted',
]

/**
 * Writes the intent to open what was decided, the decision with it; a pause that came in between refuses
 * the whole change. LND is asked afterwards, by the worker of openings.
 */
export async function actOnPlan(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: KeeperRow | undefined,
  plan: KeeperPlan,
): Promise<Outcome> {
  const { candidate, capacityMsat } = plan
  if (!candidate) return { did: 'nothing' }
  const { publicKey: peer, address, alias } = candidate
  const wanted = { source: 'keeper', peer, address, alias, capacityMsat } as const
  const written = JSON.stringify({ peer, capacity: String(capacityMsat) })
  let decision: Fields<typeof decisions> | undefined
  const alongside = (intent: string): { writes: Write[] } => {
    // A second try would be made on a decision of before: it is decided anew instead.
    if (decision) throw new Reconsider()
    decision = { ...decisionRow(context, identity, plan), intent }
    return { writes: [insert(decisions, decision), guardOf(context, identity, row)] }
  }
  try {
    const request = { ...wanted, isPrivate: false, written }
    await recordOpening(context, identity, request, leadership, alongside)
    return { did: 'record' }
  } catch (error) {
    if (error instanceof Reconsider) return { did: 'nothing' }
    if (!PaymentNodeError.is(error)) throw error
    if (meanwhile.includes(error.code)) return { did: 'nothing' }
    const reason = blockedBy[error.code]
    if (!reason) throw error
    return { did: 'blocked', plan: { ...plan, verdict: 'blocked', reason, says: error.message } }
  }
}

/** The keeper's row as it was read: also not paused meanwhile. */
function guardOf(context: Context, identity: Identity, row: KeeperRow | undefined): Write {
  if (!row) return writeKeeper(context, identity, row, {})
  if (row.blocked_reason === null) return requireUnchanged(keepers, row)
  return writeKeeper(context, identity, row, { blocked_reason: null })
}

class Reconsider extends Error {
  override readonly name = 'Reconsider'
}
