import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { invoices } from '../tables/invoices.ts'
import type { RowOf } from '../tables/table.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/** One invoice. Throws `invoice.not-found`. */
export async function getInvoice(context: Context, id: string): Promise<Invoice> {
  return invoiceView(await findInvoice(context, id))
}

/** The stored row. Throws `invoice.not-found`, also for another node's invoice. */
export async function findInvoice(context: Context, id: string): Promise<RowOf<typeof invoices>> {
  const { publicKey } = identityOf(context)
  const row = await context.storage.get(invoices, [readId(id, 'id')])
  if (row && row.node === publicKey) return row
  throw new PaymentNodeError('invoice.not-found', `There is no invoice ${JSON.stringify(id)}.`, {
    invoice: id,
  })
}
