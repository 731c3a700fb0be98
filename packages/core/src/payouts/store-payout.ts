import { type Context, type Identity, newId, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { bookReservation } from '../domain/ledger.ts'
import { newEvent } from '../events/new-event.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import type { Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { safety } from '../tables/node.ts'
import { partners } from '../tables/partners.ts'
import { attempts, payouts, usedHashes } from '../tables/payouts.ts'
import { type Fields, insert, type RowOf, requireUnchanged } from '../tables/table.ts'
import {
  capDay,
  countAgainstDays,
  countAgainstOperatorFees,
  isOperators,
} from './count-against-day.ts'
import { countRefund } from './count-refund.ts'
import type { PayoutDraft } from './draft-payout.ts'
import { aboveCap, explainRefusal } from './explain-refusal.ts'
import { newAttempt } from './new-attempt.ts'
import { type Payout, payoutView } from './payout-view.ts'
import type { PayoutRequest } from './place-payout.ts'
import { availableOf, repayableOf } from './read-available.ts'
import { operatorFeesOf, reservedFor, type Terms, worstOf } from './reservation.ts'
import { takeHeld } from './take-held.ts'

/** What the decision was made on; the change is refused when any of it has changed. */
export interface PayoutBasis {
  readonly guard: RowOf<typeof safety>
  readonly partner: RowOf<typeof partners>
}

/** One change: payout, attempt, hash, reservation, caps, job. Undefined when it must be decided again. */
export async function storePayout(
  context: Context,
  identity: Identity,
  { guard, partner }: PayoutBasis,
  request: PayoutRequest,
  draft: PayoutDraft,
): Promise<Payout | undefined> {
  const { refund } = request
  const terms = termsOf(partner, draft)
  const held = await takeHeld(context, identity, refund, partner.id, reservedFor(terms))
  const heldMsat = held?.takenMsat ?? 0n
  const payout = await payoutRow(context, identity, { guard, partner }, request, draft, heldMsat)
  const worstMsat = worstOf(payout)
  const reservedMsat = reservedFor(payout)
  // Credit and debt at once: a receipt and a refund with a debt may have crossed.
  const repaidMsat = refund?.allowDebt ? 0n : await repayableOf(context, identity, partner.id)
  requireBelowCaps(context, partner, payout)
  const { invoice } = draft
  const attempt = invoice && newAttempt(context, identity, payout.id, 1, invoice)
  const base = rowBase(identity)
  const writes: Write[] = [
    insert(payouts, payout),
    ...(attempt
      ? [
          insert(attempts, attempt),
          insert(usedHashes, { ...base, payment_hash: attempt.payment_hash, payout: payout.id }),
        ]
      : []),
    ...(draft.queue ? [] : [newJob(context, identity, payout)]),
    requireUnchanged(safety, guard),
    // Its caps, and who pays the fees.
    requireUnchanged(partners, partner),
    ...(await bookTransaction(
      context,
      identity,
      bookReservation(
        payout.id,
        partner.id,
        reservedMsat,
        payout.debt_msat ?? -repaidMsat,
        heldMsat,
      ),
    )),
    ...(held?.writesFor(payout.id) ?? []),
    ...(await countAgainstDays(context, identity, partner, payout)),
    ...(await countAgainstOperatorFees(context, identity, payout)),
    ...(refund ? [await countRefund(context, identity, refund, payout.amount_msat)] : []),
  ]
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(payouts, [payout.id])) !== undefined
  const view = payoutView(payout, attempt ?? null)
  const events = draft.queue
    ? [newEvent(context, identity, 'payout.queued', `payout/${payout.id}`, { payout: view })]
    : []
  const refused = await record(context, { writes, events }, isApplied)
  if (!refused) return view
  await explainRefusal(context, identity, refused, writes[refused.write], {
    partner,
    isOperators: isOperators(payout),
    worstMsat,
    reservedMsat: reservedMsat - heldMsat,
    operatorFeesMsat: operatorFeesOf(payout),
    amountMsat: payout.amount_msat,
    paymentHash: attempt?.payment_hash,
    refund,
    isOnchain: draft.kind === 'onchain-address',
    isByBalance: request.terms.amount === 'all' || refund?.allowDebt === true,
  })
  return undefined
}

/** What is off chain is followed by the payouts' worker; the queue on chain is the rows themselves. */
function newJob(context: Context, identity: Identity, payout: Fields<typeof payouts>): Write {
  return insert(jobs, {
    ...rowBase(identity),
    id: newId(context),
    queue: queueOf(identity.publicKey, 'payout'),
    subject: payout.id,
    due_at: payout.created_at,
    attempts: 0,
  })
}

function requireBelowCaps(
  { settings }: Context,
  partner: RowOf<typeof partners>,
  terms: Terms,
): void {
  const { capPerPayout, capOperatorFeesPerDay } = settings
  const worstMsat = worstOf(terms)
  if (worstMsat > capPerPayout.msat) throw aboveCap('per-payout', capPerPayout, worstMsat)
  const own = partner.cap_per_payout_msat
  if (own !== null && worstMsat > own)
    throw aboveCap('partner-per-payout', new Amount(own), worstMsat)
  const feesMsat = operatorFeesOf(terms)
  if (feesMsat > capOperatorFeesPerDay.msat)
    throw aboveCap('operator-fees-per-day', capOperatorFeesPerDay, feesMsat)
}

function termsOf(partner: RowOf<typeof partners>, draft: PayoutDraft): Terms {
  return {
    amount_msat: draft.amountMsat,
    fee_limit_msat: draft.feeLimitMsat,
    fees_paid_by: partner.fees_paid_by ?? 'partner',
  }
}

async function payoutRow(
  context: Context,
  identity: Identity,
  { guard, partner }: PayoutBasis,
  request: PayoutRequest,
  draft: PayoutDraft,
  heldMsat: bigint,
): Promise<Fields<typeof payouts>> {
  const now = context.clock.now()
  const terms = termsOf(partner, draft)
  return {
    ...rowBase(identity),
    id: newId(context),
    partner: partner.id,
    state: draft.queue ? 'queued' : 'reserved',
    reason: draft.queue?.reason ?? null,
    destination: draft.destination,
    destination_kind: draft.kind,
    ...terms,
    fee_msat: null,
    payment_hash: draft.invoice?.paymentHash ?? '',
    preimage: null,
    cap_day: capDay(now),
    idempotency_key: request.idempotencyKey,
    request: request.written,
    created_at: now,
    updated_at: now,
    purpose: request.purpose,
    invoice: request.refund?.invoice ?? null,
    debt_msat: await debtFor(context, identity, partner, request, reservedFor(terms) - heldMsat),
    is_quick: draft.queue?.isQuick ?? null,
    ceiling_sat_per_kvb: draft.queue?.ceiling ?? null,
    deadline: draft.deadline,
    is_released: null,
    transaction: null,
    times_behind: guard.times_behind,
    traceparent: request.traceparent ?? null,
    swap: null,
    claim_transaction: null,
    claim_height: null,
  }
}

/** What the balance does not cover. The reservation is bounded by the balance: with less it is decided again. */
async function debtFor(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  { refund }: PayoutRequest,
  reservedMsat: bigint,
): Promise<bigint | null> {
  if (!refund?.allowDebt) return null
  const available = await availableOf(context, identity, partner.id)
  return reservedMsat > available ? reservedMsat - available : null
}
