import { type Context, requireReady } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { endInvoice } from './end-invoice.ts'
import { findInvoice } from './get-invoice.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'
import { settleInvoice } from './settle-invoice.ts'

/**
 * Cancels an open invoice: LND first, so that no payment can come later. One that has expired or was
 * canceled before is returned as it is.
 * Throws `invoice.settled` when a payment was faster, `invoice.not-found`, `node.unavailable`.
 */
export async function cancelInvoice(context: Context, id: string): Promise<Invoice> {
  const row = await findInvoice(context, id)
  if (row.state === 'settled') throw settled(id)
  if (row.state !== 'open') return invoiceView(row)
  const identity = requireReady(context)
  try {
    await context.lightning.cancelInvoice(row.payment_hash)
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.invoice-settled')) {
      await settleInvoice(
        context,
        identity,
        await context.lightning.lookupInvoice(row.payment_hash),
      )
      throw settled(id)
    }
    // An LND that forgets canceled invoices no longer has it: nothing can be paid either.
    if (!PaymentNodeError.is(error, 'node.invoice-not-found')) throw error
  }
  const ended = await endInvoice(context, identity, id, 'canceled')
  if (ended?.state === 'settled') throw settled(id)
  return ended ?? invoiceView(row)
}

function settled(id: string): PaymentNodeError<'invoice.settled'> {
  return new PaymentNodeError(
    'invoice.settled',
    `Invoice ${id} was paid.`,
    { invoice: id },
    {
      advice: 'The partner has been credited; refund it with a payout if it must not count.',
    },
  )
}
