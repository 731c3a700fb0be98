import { type Context, type Identity, identityOf } from '../context.ts'
import { Amount, type AmountInput, readAmount } from '../domain/amount.ts'
import { bookCorrection } from '../domain/ledger.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { sha256Hex } from '../keys.ts'
import { findPartner } from '../partners/get-partner.ts'
import { readId, readObject, readText } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { requireSameRequest } from '../same-request.ts'
import { balances, ledgerTransactions, postings } from '../tables/ledger.ts'
import { bookTransaction } from './book-transaction.ts'
import { type CorrectionOptions, readCorrectionOptions } from './read-correction-options.ts'
import { readDebt, towardsDebt } from './read-debt.ts'
import { requireOperatorCovers } from './require-operator-covers.ts'

export type { CorrectionOptions } from './read-correction-options.ts'

/** What to put right between a partner and the operator. */
export interface CorrectionInput {
  readonly partner: string
  /** Positive: the partner gets it from the operator, its debt first. Negative (`'-500 sat'`): the other way. */
  readonly amount: AmountInput
  /** Why, for the statement and the journal; at most 500 bytes. */
  readonly reason: string
}

/** A correction as it is booked. */
export interface Correction {
  /** Its id in the journal and in the statement. */
  readonly transaction: string
  readonly partner: string
  readonly amount: Amount
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly bookedAt: number
}

/**
 * Moves an amount between the operator and a partner, with a reason; no money moves in LND.
 * Throws `input.invalid`, `partner.not-found`, `ledger.insufficient-balance` when the partner has less
 * available, `ledger.operator-short`, `idempotency.conflict`.
 */
export async function correctBalance(
  context: Context,
  input: CorrectionInput,
  options: CorrectionOptions,
): Promise<Correction> {
  const wanted = readCorrection(input)
  const { idempotencyKey, allowNegativeOperator: mayGoBelow } = readCorrectionOptions(options)
  const identity = identityOf(context)
  const { partner, amount, reason } = wanted
  const hash = sha256Hex(Buffer.from(idempotencyKey))
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const earlier = await readCorrected(context, identity, `correction/${hash}`)
    if (earlier) {
      requireSameRequest(textOf(earlier), textOf(wanted), idempotencyKey)
      return earlier
    }
    await findPartner(context, partner)
    if (!mayGoBelow) await requireOperatorCovers(context, amount.msat)
    const debtMsat = await readDebt(context, identity, partner)
    const toDebt = amount.msat > 0n ? towardsDebt(amount.msat, debtMsat) : 0n
    const booked = bookCorrection(hash, partner, amount.msat, reason, toDebt)
    const writes = await bookTransaction(context, identity, booked)
    const isApplied = async (): Promise<boolean> =>
      (await readCorrected(context, identity, booked.id)) !== undefined
    const refused = await record(context, { writes }, isApplied)
    if (refused?.reason === 'bound') await requireBalance(context, identity, partner, -amount.msat)
  }
  throw tooContended('ledger.correct')
}

function readCorrection(input: CorrectionInput): Pick<Correction, 'partner' | 'amount' | 'reason'> {
  readObject(input, 'correction', ['partner', 'amount', 'reason'])
  const amount = readAmount(input.amount, 'amount')
  if (amount.msat === 0n) throw invalid('amount', 'zero', 'must not be zero')
  return {
    partner: readId(input.partner, 'partner'),
    amount,
    reason: readText(input.reason, 'reason', { maximum: 500 }),
  }
}

function textOf({
  partner,
  amount,
  reason,
}: Pick<Correction, 'partner' | 'amount' | 'reason'>): string {
  return JSON.stringify({ partner, amount, reason })
}

async function readCorrected(
  context: Context,
  { publicKey }: Identity,
  id: string,
): Promise<Correction | undefined> {
  const row = await context.storage.get(ledgerTransactions, [publicKey, id])
  if (!row) return undefined
  const legs = await context.storage.find(postings, {
    index: 'key',
    equals: [publicKey, id],
    limit: 10,
  })
  const given = legs.find(({ account }) => account === 'operator')?.amount_msat ?? 0n
  return {
    transaction: id,
    partner: row.subject.replace(/^partner\//, ''),
    amount: new Amount(-given),
    reason: row.note ?? '',
    bookedAt: row.occurred_at,
  }
}

/** Throws when the partner has less available than it should give; returns when that has changed since. */
async function requireBalance(
  context: Context,
  { publicKey }: Identity,
  partner: string,
  neededMsat: bigint,
): Promise<void> {
  const row = await context.storage.get(balances, [publicKey, `partner/${partner}`])
  const available = new Amount(row?.amount_msat ?? 0n)
  if (available.msat >= neededMsat) return
  const needed = new Amount(neededMsat)
  throw new PaymentNodeError(
    'ledger.insufficient-balance',
    `${partner} has ${available} available, the correction takes ${needed}.`,
    { available, needed },
    { advice: 'Correct by less; what is reserved or pending cannot be taken.' },
  )
}
