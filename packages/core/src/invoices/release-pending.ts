import type { Context, Identity } from '../context.ts'
import { bookAvailable } from '../domain/ledger.ts'
import { newEvent } from '../events/new-event.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import { readDebt, towardsDebt } from '../ledger/read-debt.ts'
import type { Change } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { invoices } from '../tables/invoices.ts'
import { jobs } from '../tables/jobs.ts'
import { postings } from '../tables/ledger.ts'
import { type RowOf, remove } from '../tables/table.ts'
import { availableQueue } from './available-queue.ts'
import { invoiceView } from './invoice-view.ts'

/**
 * Makes an invoice's held money available, once: ledger, job and event in one change. A debt that came
 * meanwhile is paid first. False when it was made available before.
 */
export async function releasePending(
  context: Context,
  identity: Identity,
  id: string,
  fence?: Change['fence'],
): Promise<boolean> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const job = await findJob(context, identity, id)
    const row = await context.storage.get(invoices, [id])
    if (!job || !row) return false
    const heldMsat = await readHeld(context, identity, row)
    const toDebtMsat = towardsDebt(heldMsat, await readDebt(context, identity, row.partner))
    const booked = bookAvailable(id, row.partner, heldMsat, toDebtMsat)
    const invoice = invoiceView(row)
    const change: Change = {
      writes: [remove(jobs, job), ...(await bookTransaction(context, identity, booked))],
      events: [newEvent(context, identity, 'invoice.available', `invoice/${id}`, { invoice })],
      ...(fence && { fence }),
    }
    const isApplied = async (): Promise<boolean> => !(await findJob(context, identity, id))
    if (!(await record(context, change, isApplied))) return true
  }
  throw tooContended(`money of invoice ${id}`)
}

/** The job goes with the booking: while it is there, the money is held. */
async function findJob(
  context: Context,
  identity: Identity,
  invoice: string,
): Promise<RowOf<typeof jobs> | undefined> {
  const equals = [availableQueue(identity), invoice]
  const [job] = await context.storage.find(jobs, { index: 'queue_subject', equals, limit: 1 })
  return job
}

/** What the settlement put aside. */
async function readHeld(
  context: Context,
  identity: Identity,
  { id, partner }: RowOf<typeof invoices>,
): Promise<bigint> {
  const equals = [identity.publicKey, `settled/${id}`]
  const legs = await context.storage.find(postings, { index: 'key', equals, limit: 10 })
  return legs.find(({ account }) => account === `pending/${partner}`)?.amount_msat ?? 0n
}
