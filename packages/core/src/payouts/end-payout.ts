import type { Context, Identity } from '../context.ts'
import type { PayoutReason } from '../domain/payout-reason.ts'
import { newEvent } from '../events/new-event.ts'
import type { Traced } from '../metrics/create-tracer.ts'
import type { Change, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { attempts, payouts, usedHashes } from '../tables/payouts.ts'
import { insert, type RowOf, remove, update } from '../tables/table.ts'
import { bookEnding, type PaidFee } from './book-ending.ts'
import { findAttempt } from './get-payout.ts'
import { newAttempt } from './new-attempt.ts'
import { type Payout, payoutView } from './payout-view.ts'
import type { PayableDestination } from './resolve-invoice.ts'

/** How a payout ended, for certain. */
export type PayoutEnding = {
  /**
   * An operator's verdict on what newer books may have paid. What they paid is booked as the operator's, who gets
   * amount and fee; there is no attempt, so that the evidence gets one, without a hash.
   */
  readonly isMaybePaid?: true
} & (
  | {
      readonly state: 'succeeded'
      readonly feeMsat: bigint
      readonly preimage: string | null
      readonly evidence: unknown
    }
  | {
      readonly state: 'failed'
      readonly reason: PayoutReason
      readonly evidence: unknown
      /** After an operator's verdict the hash stays taken: LND may know better later. */
      readonly keepHash?: true
    }
)

/** What the end was decided on, as it was read. */
export interface EndingBasis {
  readonly payout: RowOf<typeof payouts>
  /** Undefined: its destination was never resolved. */
  readonly attempt: RowOf<typeof attempts> | undefined
}

/**
 * Books the end of a payout, once: attempt, payout, ledger, cap, hash, job and event in one change.
 * Undefined when payout or attempt has changed since the decision: then it must be decided anew.
 */
export async function endPayout(
  context: Context,
  identity: Identity,
  basis: EndingBasis,
  ending: PayoutEnding,
  fence?: Change['fence'],
): Promise<Payout | undefined> {
  return tracePayoutEnd(context, basis.payout, async (span) => {
    const ended = await bookEnd(context, identity, basis, ending, fence)
    if (!ended) span.fail('stale')
    else if (ending.state === 'failed') span.fail(ending.reason)
    return ended
  })
}

/** The span of a payout's end, in the trace of its request. */
export function tracePayoutEnd<T>(
  { tracer }: Context,
  { id, partner, traceparent: parent }: RowOf<typeof payouts>,
  end: (span: Traced) => Promise<T>,
): Promise<T> {
  const attributes = { 'payment_node.payout.id': id, 'payment_node.partner.id': partner }
  return tracer.run('payment_node.payout.end', { attributes, parent }, end)
}

async function bookEnd(
  context: Context,
  identity: Identity,
  { payout, attempt }: EndingBasis,
  ending: PayoutEnding,
  fence?: Change['fence'],
): Promise<Payout | undefined> {
  const { id } = payout
  for (let decision = 0; decision < maximumDecisions; decision++) {
    if (hasEnded(payout.state) || !(await isUnchanged(context, { payout, attempt })))
      return undefined
    const now = context.clock.now()
    const setAttempt = {
      state: ending.state,
      failure: ending.state === 'failed' ? ending.reason : null,
      evidence: ending.evidence,
      updated_at: now,
    }
    const unsent = ending.isMaybePaid && {
      ...newAttempt(context, identity, id, 1, noInvoice(payout)),
      ...setAttempt,
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
      attempt ? { ...attempt, ...setAttempt } : (unsent ?? null),
    )
    const paid: PaidFee | undefined =
      ending.state === 'succeeded'
        ? {
            feeMsat: ending.feeMsat,
            account: ending.isMaybePaid ? 'operator' : 'world/routing-fees',
          }
        : undefined
    const writes: Write[] = [
      ...(attempt ? [update(attempts, attempt, setAttempt)] : []),
      ...(unsent ? [insert(attempts, unsent)] : []),
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

async function isUnchanged(context: Context, { payout, attempt }: EndingBasis): Promise<boolean> {
  const now = await context.storage.get(payouts, [payout.id])
  return (
    now?.revision === payout.revision &&
    (await findAttempt(context, payout.id))?.revision === attempt?.revision
  )
}

function noInvoice(payout: RowOf<typeof payouts>): PayableDestination {
  const { amount_msat: amountMsat, created_at: expiresAt } = payout
  const nothing = { text: '', paymentHash: '', isOpenAmount: false, priorIndex: 0 }
  return { ...nothing, amountMsat, expiresAt }
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
