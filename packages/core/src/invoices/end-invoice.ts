import type { Context, Identity } from '../context.ts'
import { stepInvoice } from '../domain/invoice.ts'
import { newEvent } from '../events/new-event.ts'
import type { Change } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { invoices } from '../tables/invoices.ts'
import { type RowOf, update } from '../tables/table.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/**
 * Records that an open invoice ended unpaid. LND must have canceled it before, so that nothing can
 * be paid afterwards. Answers the invoice as it is then; one that was settled meanwhile stays settled.
 */
export async function endInvoice(
  context: Context,
  identity: Identity,
  id: string,
  kind: 'expired' | 'canceled',
  fence?: Change['fence'],
): Promise<Invoice | undefined> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(invoices, [id])
    if (!row) return undefined
    const step = stepInvoice(row.state as Invoice['state'], { kind })
    if ('refused' in step) return invoiceView(row)
    const ended: RowOf<typeof invoices> = {
      ...row,
      state: step.state,
      ended_at: context.clock.now(),
    }
    const invoice = invoiceView(ended)
    const change = {
      writes: [update(invoices, row, { state: ended.state, ended_at: ended.ended_at })],
      events: [newEvent(context, identity, `invoice.${kind}`, `invoice/${id}`, { invoice })],
      ...(fence && { fence }),
    }
    const isApplied = async (): Promise<boolean> =>
      (await context.storage.get(invoices, [id]))?.state === step.state
    if (!(await record(context, change, isApplied))) return invoice
  }
  throw tooContended(`invoice ${id}`)
}
