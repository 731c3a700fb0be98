import { type Context, type Identity, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import type { Write } from '../ports/storage.ts'
import { invoiceRefunds } from '../tables/invoices.ts'
import { insert } from '../tables/table.ts'
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
export async function countRefund(
  context: Context,
  identity: Identity,
  { invoice, receivedMsat }: RefundRequest,
  amountMsat: bigint,
): Promise<Write> {
  const key = [identity.publicKey, invoice]
  const row = await context.storage.get(invoiceRefunds, key)
  if (!row && amountMsat <= receivedMsat) {
    return insert(invoiceRefunds, { ...rowBase(identity), invoice, refunded_msat: amountMsat })
  }
  const column = 'refunded_msat'
  return { op: 'add', table: invoiceRefunds, key, column, by: amountMsat, max: receivedMsat }
}

/** Gives back to the invoice what a refund did not pay. */
export function returnRefund({ publicKey }: Identity, invoice: string, amountMsat: bigint): Write {
  const key = [publicKey, invoice]
  const column = 'refunded_msat'
  return { op: 'add', table: invoiceRefunds, key, column, by: -amountMsat, min: 0n }
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
