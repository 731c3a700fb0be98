import {
  type Context,
  type Identity,
  identityOf,
  newId,
  requireReady,
  rowBase,
} from '../context.ts'
import { Amount, type AmountInput, isAmount, readPositiveAmount } from '../domain/amount.ts'
import { bookReservation } from '../domain/ledger.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { findPartner } from '../partners/get-partner.ts'
import type { Refused, Write } from '../ports/storage.ts'
import { readId, readObject } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireNotHalted } from '../safety/require-not-halted.ts'
import { requireSameRequest } from '../same-request.ts'
import { jobs, queueOf } from '../tables/jobs.ts'
import { balances } from '../tables/ledger.ts'
import { safety } from '../tables/node.ts'
import { attempts, dayTotals, payouts, usedHashes } from '../tables/payouts.ts'
import { type Fields, insert, type RowOf, requireUnchanged } from '../tables/table.ts'
import { capDay, countAgainstDay } from './count-against-day.ts'
import { readPayout } from './get-payout.ts'
import { type Payout, payoutView } from './payout-view.ts'
import {
  type PayableDestination,
  readDestination,
  resolveDestination,
} from './resolve-destination.ts'

/** Whom to pay, and how much. */
export interface PayoutInput {
  /** Whose balance is debited: amount plus the real routing fee. */
  readonly partner: string
  /** A BOLT11 invoice for this node's network; other kinds are refused by name for now. */
  readonly destination: string
  /** Required when the invoice has no amount; otherwise it must be equal. */
  readonly amount?: AmountInput
  /** The most that routing may cost on top. Default: `payouts.feeLimit` of the options. May be `'0 sat'`: free routes only. */
  readonly feeLimit?: AmountInput
}

/** How a repeated call is recognised; required, because money leaves. */
export interface PayoutOptions {
  /** Required: the same key and parameters never pay twice, for ever. 1 to 255 printable ASCII characters. */
  readonly idempotencyKey: string
}

/**
 * Records a payout and reserves amount and worst-case fee in one durable change; sending follows in
 * the background. Returns at once, `reserved` (or as it is by now, for a repeated call).
 *
 * Throws, with nothing stored: `input.invalid`, `partner.not-found`, `payout.destination-unsupported`,
 * `payout.destination-invalid`, `payout.hash-used`, `payout.insufficient-balance`, `payout.above-cap`,
 * `idempotency.conflict`, `safety.halted`, `node.unavailable`, `storage.unavailable`.
 */
export async function requestPayout(
  context: Context,
  input: PayoutInput,
  options: PayoutOptions,
): Promise<Payout> {
  readObject(input, 'payout', ['partner', 'destination', 'amount', 'feeLimit'])
  readObject(options, 'options', ['idempotencyKey'])
  const idempotencyKey = readId(options.idempotencyKey, 'idempotencyKey')
  const partner = readId(input.partner, 'partner')
  const amount = input.amount === undefined ? undefined : readAmountOrAll(input.amount)
  const feeLimit = input.feeLimit === undefined ? undefined : readFeeLimit(input.feeLimit)
  const destination = readDestination(input.destination)
  const written = JSON.stringify({
    partner,
    destination: destination.text,
    amount: amount?.toJSON() ?? null,
    feeLimit: feeLimit?.toJSON() ?? null,
  })
  const identity = identityOf(context)

  for (let decision = 0; decision < maximumDecisions; decision++) {
    const earlier = await findByKey(context, identity, partner, idempotencyKey)
    if (earlier) return samePayout(context, earlier, written, idempotencyKey)
    try {
      requireReady(context)
      await findPartner(context, partner)
      const guard = await requireNotHalted(context, identity)
      const payable = await resolveDestination(context, identity, destination, amount)
      const limit = feeLimit ?? defaultFeeLimit(context, payable.amountMsat)
      const draft = { partner, idempotencyKey, written, payable, feeLimitMsat: limit.msat }
      const stored = await store(context, identity, guard, draft)
      if (stored) {
        context.live.wakePayouts()
        return stored
      }
    } catch (error) {
      // The same request, made at the same time, may have been faster: its hash, its balance, its cap.
      const winner = await findByKey(context, identity, partner, idempotencyKey).catch(
        () => undefined,
      )
      if (!winner) throw error
      return samePayout(context, winner, written, idempotencyKey)
    }
  }
  throw tooContended('payouts.request')
}

interface Draft {
  readonly partner: string
  readonly idempotencyKey: string
  readonly written: string
  readonly payable: PayableDestination
  readonly feeLimitMsat: bigint
}

/** One change: payout, attempt, hash, reservation, cap, job. Undefined when it must be decided again. */
async function store(
  context: Context,
  identity: Identity,
  guard: RowOf<typeof safety>,
  draft: Draft,
): Promise<Payout | undefined> {
  const { partner, payable, feeLimitMsat } = draft
  const worstMsat = payable.amountMsat + feeLimitMsat
  const { capPerPayout } = context.settings
  if (worstMsat > capPerPayout.msat) throw aboveCap('per-payout', capPerPayout, worstMsat)
  const now = context.clock.now()
  const base = rowBase(identity)
  const payout: Fields<typeof payouts> = {
    ...base,
    id: newId(context),
    partner,
    state: 'reserved',
    reason: null,
    destination: payable.text,
    destination_kind: 'bolt11',
    amount_msat: payable.amountMsat,
    fee_limit_msat: feeLimitMsat,
    fee_msat: null,
    payment_hash: payable.paymentHash,
    preimage: null,
    cap_day: capDay(now),
    idempotency_key: draft.idempotencyKey,
    request: draft.written,
    created_at: now,
    updated_at: now,
    purpose: null,
    invoice: null,
    fees_paid_by: null,
    debt_msat: null,
    is_quick: null,
    ceiling_sat_per_kvb: null,
    deadline: null,
    is_released: null,
    transaction: null,
  }
  const attempt: Fields<typeof attempts> = {
    ...base,
    payout: payout.id,
    number: 1,
    state: 'recorded',
    payment_hash: payable.paymentHash,
    payment_request: payable.text,
    is_open_amount: payable.isOpenAmount,
    prior_index: payable.priorIndex,
    expires_at: payable.expiresAt,
    epoch: 0,
    sends: 0,
    seen_at: null,
    failure: null,
    evidence: null,
    created_at: now,
    updated_at: now,
  }
  const writes: Write[] = [
    insert(payouts, payout),
    insert(attempts, attempt),
    insert(usedHashes, { ...base, payment_hash: payable.paymentHash, payout: payout.id }),
    insert(jobs, {
      ...base,
      id: newId(context),
      queue: queueOf(identity.publicKey, 'payout'),
      subject: payout.id,
      due_at: now,
      attempts: 0,
    }),
    requireUnchanged(safety, guard),
    ...postTransaction(context, identity, bookReservation(payout.id, partner, worstMsat)),
    await countAgainstDay(context, identity, payout.cap_day, worstMsat),
  ]
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(payouts, [payout.id])) !== undefined
  const refused = await record(context, { writes }, isApplied)
  if (!refused) return payoutView(payout, attempt)
  await explain(context, identity, refused, writes[refused.write], { partner, worstMsat, payable })
  return undefined
}

/** Throws when the refusal is final; returns when the decision must be made again. */
async function explain(
  context: Context,
  identity: Identity,
  refused: Refused,
  write: Write | undefined,
  draft: { partner: string; worstMsat: bigint; payable: PayableDestination },
): Promise<void> {
  if (write?.op === 'insert' && write.table.name === usedHashes.name) {
    const { paymentHash } = draft.payable
    const used = await context.storage.get(usedHashes, [identity.publicKey, paymentHash])
    if (used) throw hashUsed(paymentHash, used.payout)
  }
  if (refused.reason === 'bound' && write?.op === 'add') {
    if (write.table.name === dayTotals.name)
      throw aboveCap('per-day', context.settings.capPerDay, draft.worstMsat)
    const row = await context.storage.get(balances, [
      identity.publicKey,
      `partner/${draft.partner}`,
    ])
    const available = new Amount(row?.amount_msat ?? 0n)
    if (available.msat >= draft.worstMsat) return
    const needed = new Amount(draft.worstMsat)
    throw new PaymentNodeError(
      'payout.insufficient-balance',
      `${draft.partner} has ${available}, the payout may need ${needed} with its fee limit.`,
      { available, needed },
      { advice: 'Pay out less, or lower feeLimit.' },
    )
  }
}

export function hashUsed(
  paymentHash: string,
  payout: string,
): PaymentNodeError<'payout.hash-used'> {
  return new PaymentNodeError(
    'payout.hash-used',
    `The payment hash ${paymentHash} is used by ${payout}, which has not failed for certain.`,
    { paymentHash, payout },
    { advice: 'Ask the payee for a new invoice.' },
  )
}

function aboveCap(
  cap: 'per-payout' | 'per-day',
  limit: Amount,
  worstMsat: bigint,
): PaymentNodeError<'payout.above-cap'> {
  const requested = new Amount(worstMsat)
  return new PaymentNodeError(
    'payout.above-cap',
    `${requested} with its fee limit is above the cap ${cap} of ${limit}.`,
    { cap, limit, requested },
    {
      advice:
        cap === 'per-day'
          ? 'Wait for the next UTC day, or raise caps.perDay.'
          : 'Raise caps.perPayout.',
    },
  )
}

async function findByKey(
  context: Context,
  identity: Identity,
  partner: string,
  idempotencyKey: string,
): Promise<RowOf<typeof payouts> | undefined> {
  const equals = [identity.publicKey, partner, idempotencyKey]
  const [row] = await context.storage.find(payouts, { index: 'idempotency', equals, limit: 1 })
  return row
}

async function samePayout(
  context: Context,
  earlier: RowOf<typeof payouts>,
  written: string,
  idempotencyKey: string,
): Promise<Payout> {
  requireSameRequest(earlier.request, written, idempotencyKey)
  return readPayout(context, earlier)
}

function defaultFeeLimit(context: Context, amountMsat: bigint): Amount {
  const { feeLimitPpm, feeLimitMinimum } = context.settings
  const share = (amountMsat * feeLimitPpm) / 1_000_000n
  return share > feeLimitMinimum.msat ? new Amount(share) : feeLimitMinimum
}

function readAmountOrAll(value: unknown): Amount {
  if (value === 'all')
    throw invalid('amount', 'all-not-supported', 'paying out everything is not supported yet')
  return readPositiveAmount(value, 'amount')
}

function readFeeLimit(value: unknown): Amount {
  // Zero is meant: LND then takes free routes only.
  if (value === '0 sat' || value === '0 msat') return new Amount(0n)
  if (isAmount(value) && value.msat === 0n) return value
  return readPositiveAmount(value, 'feeLimit')
}
