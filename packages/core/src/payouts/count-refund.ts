import { type Context, type Identity, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { addTo, countUp, type Total } from '../tables/count-up.ts'
import { invoiceRefunds } from '../tables/invoices.ts'
import type { RefundRequest } from './place-payout.ts'

/** What of the invoice was given back already or is on its way, in msat. */
export async function refundedOf(
  context: Context,
  { publicKey }: Identity,
  invoice: string,
): Promise<bigint> {
  return (await context.storage.get(invoiceRefunds, [publicKey, invoice]))?.refunded_msat ?? 0n
}

/** The write that counts a refund against what was received; refused `bound` above it. */
export function countRefund(
  { storage }: Context,
  identity: Identity,
  { invoice, receivedMsat }: RefundRequest,
  amountMsat: bigint,
): Promise<Write> {
  return countUp(storage, ofInvoice(identity, invoice), amountMsat, receivedMsat)
}

/** Gives back to the invoice what a refund did not pay. */
export function returnRefund(identity: Identity, invoice: string, amountMsat: bigint): Write {
  return addTo(ofInvoice(identity, invoice), -amountMsat, { min: 0n })
}

/** Counts one that was paid after all. Without a bound: another one may have been paid in its place. */
export function chargeRefund(identity: Identity, invoice: string, amountMsat: bigint): Write {
  return addTo(ofInvoice(identity, invoice), amountMsat)
}

function ofInvoice(identity: Identity, invoice: string): Total<typeof invoiceRefunds> {
  const row = { ...rowBase(identity), invoice }
  return { table: invoiceRefunds, row, column: 'refunded_msat' }
}

export function aboveReceived(
  { invoice, receivedMsat }: RefundRequest,
  refundedMsat: bigint,
  requestedMsat: bigint,
): PaymentNodeError<'refund.above-received'> {
  const received = new Amount(receivedMsat)
  const refunded = new Amount(refundedMsat)
  const requested = new Amount(requestedMsat)
  return new PaymentNodeError(
    'refund.above-received',
    `${requested} cannot be given back: invoice ${invoice} received ${received}, of which ${refunded} were given back or are on their way.`,
    { invoice, received, refunded, requested },
  )
}
