import type { Context, Identity } from '../context.ts'
import { bookAvailable } from '../domain/ledger.ts'
import { newEvent } from '../events/new-event.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import { readDebt, towardsDebt } from '../ledger/read-debt.ts'
import type { Change } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { invoices } from '../tables/invoices.ts'
import { jobs } from '../tables/jobs.ts'
import { remove } from '../tables/table.ts'
import { readHeldMoney } from './held-money.ts'
import { invoiceView } from './invoice-view.ts'

/**
 * Makes what is left of an invoice's held money available, once: ledger, job and event in one change. A debt
 * that came meanwhile is paid first. False when it was made available before.
 */
export async function releasePending(
  context: Context,
  identity: Identity,
  id: string,
  fence?: Change['fence'],
): Promise<boolean> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(invoices, [id])
    const held = row && (await readHeldMoney(context, identity, id, row.partner))
    if (!held) return false
    const { job, leftMsat: heldMsat } = held
    const toDebtMsat = towardsDebt(heldMsat, await readDebt(context, identity, row.partner))
    const booked = bookAvailable(id, row.partner, heldMsat, toDebtMsat)
    const invoice = invoiceView(row)
    const change: Change = {
      writes: [
        remove(jobs, job),
        // Refunds may have taken all of it.
        ...(heldMsat === 0n ? [] : await bookTransaction(context, identity, booked)),
      ],
      events: [newEvent(context, identity, 'invoice.available', `invoice/${id}`, { invoice })],
      ...(fence && { fence }),
    }
    const isApplied = async (): Promise<boolean> =>
      !(await readHeldMoney(context, identity, id, row.partner))
    if (!(await record(context, change, isApplied))) return true
  }
  throw tooContended(`money of invoice ${id}`)
}
