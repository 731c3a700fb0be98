import type { Context, Identity } from '../context.ts'
import type { PayoutFailure } from '../domain/attempt.ts'
import { newEvent } from '../events/new-event.ts'
import type { Change, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { attempts, payouts, usedHashes } from '../tables/payouts.ts'
import { remove, update } from '../tables/table.ts'
import { bookEnding, type PaidFee } from './book-ending.ts'
import { findAttempt } from './get-payout.ts'
import { type Payout, payoutView } from './payout-view.ts'

/** How a payout ended, for certain. */
export type PayoutEnding =
  | {
      readonly state: 'succeeded'
      readonly feeMsat: bigint
      readonly preimage: string | null
      readonly evidence: unknown
    }
  | {
      readonly state: 'failed'
      /** A destination that lies gives its own reason. */
      readonly reason: PayoutFailure | (string & {})
      readonly evidence: unknown
      /** After an operator's verdict the hash stays taken: LND may know better later. */
      readonly keepHash?: true
    }

/**
 * Books the end of a payout, once: attempt, payout, ledger, cap, hash, job and event in one change.
 * Undefined when it had ended before.
 */
export async function endPayout(
  context: Context,
  identity: Identity,
  id: string,
  ending: PayoutEnding,
  fence?: Change['fence'],
  /** Only while the attempt still has this revision; undefined when it was changed meanwhile. */
  revision?: number,
): Promise<Payout | undefined> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const payout = await context.storage.get(payouts, [id])
    if (!payout || hasEnded(payout.state)) return undefined
    // None: its destination was never resolved, so that nothing can have been sent.
    const attempt = await findAttempt(context, id)
    if (revision !== undefined && attempt?.revision !== revision) return undefined
    const now = context.clock.now()
    const setAttempt = {
      state: ending.state,
      failure: ending.state === 'failed' ? ending.reason : null,
      evidence: ending.evidence,
      updated_at: now,
    }
    const setPayout = {
      state: ending.state,
      reason: ending.state === 'failed' ? ending.reason : null,
      fee_msat: ending.state === 'succeeded' ? ending.feeMsat : null,
      preimage: ending.state === 'succeeded' ? ending.preimage : null,
      updated_at: now,
    }
    const view = payoutView(
      { ...payout, ...setPayout },
      attempt ? { ...attempt, ...setAttempt } : null,
    )
    const paid: PaidFee | undefined =
      ending.state === 'succeeded'
        ? { feeMsat: ending.feeMsat, account: 'world/routing-fees' }
        : undefined
    const writes: Write[] = [
      ...(attempt ? [update(attempts, attempt, setAttempt)] : []),
      update(payouts, payout, setPayout),
      ...(await bookEnding(context, identity, payout, paid)),
      ...(attempt ? await freeHash(context, identity, attempt.payment_hash, ending) : []),
      ...(await endJob(context, identity, id)),
    ]
    const events = [
      newEvent(context, identity, `payout.${ending.state}`, `payout/${id}`, { payout: view }),
    ]
    const isApplied = async (): Promise<boolean> =>
      (await context.storage.get(payouts, [id]))?.state === ending.state
    const refused = await record(context, { writes, events, ...(fence && { fence }) }, isApplied)
    if (!refused) return view
  }
  throw tooContended(`payout ${id}`)
}

async function freeHash(
  context: Context,
  identity: Identity,
  paymentHash: string,
  ending: PayoutEnding,
): Promise<Write[]> {
  if (ending.state === 'succeeded' || ending.keepHash) return []
  const row = await context.storage.get(usedHashes, [identity.publicKey, paymentHash])
  return row ? [remove(usedHashes, row)] : []
}

async function endJob(context: Context, identity: Identity, payout: string): Promise<Write[]> {
  const equals = [queueOf(identity.publicKey, 'payout'), payout]
  const [job] = await context.storage.find(jobs, { index: 'queue_subject', equals, limit: 1 })
  return job ? [remove(jobs, job)] : []
}

/** No state follows these. */
export function hasEnded(state: string): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'canceled'
}
