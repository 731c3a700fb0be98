import type { Context, Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Refused, Write } from '../ports/storage.ts'
import { invoiceRefunds } from '../tables/invoices.ts'
import { balances } from '../tables/ledger.ts'
import { operatorFeeDays, partnerDays, type partners } from '../tables/partners.ts'
import { dayTotals, usedHashes } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import { aboveReceived, refundedOf } from './count-refund.ts'
import type { RefundRequest } from './place-payout.ts'
import { freeOf } from './read-available.ts'

/** What was to be stored when the storage refused it. Amounts in msat. */
export interface RefusedPayout {
  readonly partner: RowOf<typeof partners>
  /** It goes to the operator's own address. */
  readonly isOperators: boolean
  readonly worstMsat: bigint
  /** Of the balance: without what comes from held money. */
  readonly reservedMsat: bigint
  readonly operatorFeesMsat: bigint
  readonly amountMsat: bigint
  readonly paymentHash: string | undefined
  readonly refund: RefundRequest | undefined
  readonly isOnchain: boolean
  /** The amount, or a debt, follows from the balance: with another balance it is decided again. */
  readonly isByBalance: boolean
}

/** Throws when the refusal is final; returns when the decision must be made again. */
export async function explainRefusal(
  context: Context,
  identity: Identity,
  refused: Refused,
  write: Write | undefined,
  payout: RefusedPayout,
): Promise<void> {
  const { partner, worstMsat, reservedMsat, amountMsat, paymentHash, refund, isByBalance } = payout
  if (write?.op === 'insert' && write.table.name === usedHashes.name && paymentHash) {
    const used = await context.storage.get(usedHashes, [identity.publicKey, paymentHash])
    if (used) throw hashUsed(paymentHash, used.payout)
  }
  if (refused.reason !== 'bound' || write?.op !== 'add') return
  if (write.table.name === dayTotals.name)
    throw aboveCap('per-day', context.settings.capPerDay, worstMsat)
  if (write.table.name === operatorFeeDays.name) {
    const { capOperatorFeesPerDay } = context.settings
    throw aboveCap('operator-fees-per-day', capOperatorFeesPerDay, payout.operatorFeesMsat)
  }
  if (write.table.name === partnerDays.name) {
    if (payout.isOperators)
      throw aboveCap('operator-per-day', context.settings.capOperatorPerDay, worstMsat)
    // Without a cap of its own the row was missing.
    if (partner.cap_per_day_msat === null) return
    throw aboveCap('partner-per-day', new Amount(partner.cap_per_day_msat), worstMsat)
  }
  if (write.table.name === invoiceRefunds.name && refund) {
    const refunded = await refundedOf(context, identity, refund.invoice)
    if (refunded + amountMsat <= refund.receivedMsat) return
    throw aboveReceived(refund, refunded, amountMsat)
  }
  const account = `partner/${partner.id}`
  if (write.table.name !== balances.name || write.key[1] !== account || isByBalance) return
  const available = new Amount(await freeOf(context, identity, partner.id))
  if (available.msat >= reservedMsat) return
  throw insufficientBalance(
    partner.id,
    available,
    new Amount(reservedMsat),
    refund
      ? 'Give back less: what the invoice still holds pays first, fees included, then the balance; or allowDebt: true, then whatever arrives pays the rest.'
      : payLess(payout.isOnchain),
  )
}

/** What helps where amount and worst fee are more than there is. */
export function payLess(isOnchain: boolean): string {
  return isOnchain
    ? 'Pay out less; or lower fees.hardCeiling: what a transaction costs at it, at worst, is reserved beside the amount.'
    : 'Pay out less, or lower feeLimit.'
}

export function insufficientBalance(
  partner: string,
  available: Amount,
  needed: Amount,
  advice: string,
): PaymentNodeError<'payout.insufficient-balance'> {
  return new PaymentNodeError(
    'payout.insufficient-balance',
    `${partner} has ${available}, the payout may need ${needed} with its worst fee.`,
    { available, needed },
    { advice },
  )
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

const advice = {
  'per-payout': 'Raise caps.perPayout.',
  'per-day': 'Wait for the next UTC day, or raise caps.perDay.',
  'operator-per-day': 'Wait for the next UTC day, or raise caps.operatorPerDay.',
  'partner-per-payout': "Raise the partner's caps.perPayout.",
  'partner-per-day': "Wait for the next UTC day, or raise the partner's caps.perDay.",
  'operator-fees-per-day':
    'Wait until its payouts under way have ended or for the next UTC day, let the partner pay the fees, or raise caps.operatorFeesPerDay.',
} as const

export function aboveCap(
  cap: keyof typeof advice,
  limit: Amount,
  worstMsat: bigint,
): PaymentNodeError<'payout.above-cap'> {
  const requested = new Amount(worstMsat)
  return new PaymentNodeError(
    'payout.above-cap',
    saysAbove(cap, limit, requested),
    { cap, limit, requested },
    { advice: advice[cap] },
  )
}

function saysAbove(cap: keyof typeof advice, limit: Amount, requested: Amount): string {
  switch (cap) {
    case 'operator-fees-per-day':
      return `Fees of up to ${requested}, which the operator pays, are above what is left of ${cap}, ${limit} for each partner.`
    case 'per-payout':
    case 'partner-per-payout':
      return `${requested} with its fee limit is above the cap ${cap} of ${limit}.`
    default:
      return `${requested} with its fee limit is above what is left today of the cap ${cap} of ${limit}.`
  }
}
