import { type Context, identityOf } from '../context.ts'
import { type AmountInput, readPositiveAmount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import { findInvoice } from '../invoices/get-invoice.ts'
import { readTraceparent } from '../metrics/read-traceparent.ts'
import { readBoolean, readId, readObject } from '../read-input.ts'
import type { Payout } from './payout-view.ts'
import { placePayout } from './place-payout.ts'
import { type PayoutTermsInput, readTerms, termNames } from './read-terms.ts'
import type { PayoutOptions } from './request-payout.ts'

/** What to give back, and where to. */
export interface RefundInput extends PayoutTermsInput {
  /** The settled invoice. Its partner is debited. */
  readonly invoice: string
  /**
   * What the payee gets. Default: what the destination asks for, else everything received that was not
   * given back yet; fees come on top.
   */
  readonly amount?: AmountInput
  /** What neither the invoice's held money nor the balance covers becomes a debt, which whatever arrives pays first. Default false: refused. */
  readonly allowDebt?: boolean
}

/**
 * Pays a settled invoice back to a destination that the host gives: a payout of the invoice's partner like
 * any other, whose refunds together are never more than what was received. What fails is given back, to a
 * debt first. Keys are shared with `payouts.request` of the same partner.
 *
 * Throws `invoice.not-found`, `invoice.not-settled`, `refund.above-received`, and as `payouts.request`.
 */
export async function refundInvoice(
  context: Context,
  input: RefundInput,
  options: PayoutOptions,
): Promise<Payout> {
  readObject(input, 'refund', ['invoice', 'amount', 'allowDebt', ...termNames])
  readObject(options, 'options', ['idempotencyKey', 'traceparent'])
  const traceparent = readTraceparent(options.traceparent)
  const idempotencyKey = readId(options.idempotencyKey, 'idempotencyKey')
  const id = readId(input.invoice, 'invoice')
  const amount = input.amount === undefined ? undefined : readPositiveAmount(input.amount, 'amount')
  const allowDebt = readBoolean(input.allowDebt, 'allowDebt', false)
  const terms = readTerms(identityOf(context), input, amount)
  const invoice = await findInvoice(context, id)
  if (invoice.state !== 'settled' || invoice.paid_msat === null) {
    throw new PaymentNodeError(
      'invoice.not-settled',
      `Invoice ${id} is ${invoice.state}: nothing was received that could be given back.`,
      { invoice: id, state: invoice.state },
    )
  }
  return placePayout(context, {
    purpose: 'refund',
    partner: invoice.partner,
    idempotencyKey,
    terms,
    traceparent,
    refund: { invoice: id, receivedMsat: invoice.paid_msat, allowDebt },
    written: JSON.stringify({
      partner: invoice.partner,
      refundOf: id,
      ...terms.written,
      ...(allowDebt && { allowDebt }),
    }),
  })
}
