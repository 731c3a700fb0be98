import { type Context, type Identity, newId, rowBase } from '../context.ts'
import { stepInvoice } from '../domain/invoice.ts'
import { bookForeignIncome, bookSettlement, foreignIncomeId } from '../domain/ledger.ts'
import { divideReceipt } from '../domain/receipt.ts'
import { newEvent } from '../events/new-event.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { readDebt, towardsDebt } from '../ledger/read-debt.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import type { Change, Refused, Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { invoices } from '../tables/invoices.ts'
import { jobs } from '../tables/jobs.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { partners } from '../tables/partners.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import { availableQueue } from './available-queue.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/** `foreign`: another program's invoice. `unsolicited`: keysend or AMP, never credited (money rule 9). */
export type Settlement = 'credited' | 'known' | 'foreign' | 'unsolicited' | 'not-settled'

/**
 * Credits what was paid, once: state, ledger and event in one change. Any number of callers may see
 * the same settlement (stream, sweep, another process); the first one books it. The operator keeps the
 * partner's fee as it is set now, and the invoice's commission; the rest pays the partner's debt first, and
 * is held for its `availableAfter`.
 */
export async function settleInvoice(
  context: Context,
  identity: Identity,
  seen: NodeInvoice,
  fence?: Change['fence'],
): Promise<Settlement> {
  if (seen.state !== 'settled') return 'not-settled'
  if (seen.isKeysend || seen.isAmp) return 'unsolicited'
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findInvoiceByHash(context, identity, seen.paymentHash)
    if (!row) return 'foreign'
    const step = stepInvoice(row.state as Invoice['state'], {
      kind: 'settled',
      paidMsat: seen.paidMsat,
    })
    if ('refused' in step || step.state !== 'settled') return 'known'
    const attributes = {
      'payment_node.invoice.id': row.id,
      'payment_node.partner.id': row.partner,
      'payment_node.invoice.is_late': String(step.isLate),
    }
    const work = { attributes, parent: row.traceparent }
    const refused = await context.tracer.run('payment_node.invoice.settle', work, async (span) => {
      const refusal = await recordSettlement(context, identity, row, seen, step.isLate, fence)
      if (refusal) span.fail(refusal.reason)
      return refusal
    })
    if (!refused) return 'credited'
  }
  throw tooContended(`settlement of ${seen.paymentHash}`)
}

async function recordSettlement(
  context: Context,
  identity: Identity,
  row: RowOf<typeof invoices>,
  seen: NodeInvoice,
  isLate: boolean,
  fence: Change['fence'],
): Promise<Refused | undefined> {
  const credit = await creditPartner(context, identity, row, seen.paidMsat)
  const set = {
    state: 'settled',
    paid_msat: seen.paidMsat,
    is_late: isLate,
    settle_index: Number(seen.settleIndex),
    ended_at: seen.settledAt ?? context.clock.now(),
    ...credit.set,
  }
  const invoice = invoiceView({ ...row, ...set })
  const change: Change = {
    writes: [update(invoices, row, set), ...credit.writes],
    events: [newEvent(context, identity, 'invoice.settled', `invoice/${row.id}`, { invoice })],
    ...(fence && { fence }),
  }
  return record(context, change, async () => {
    return (await context.storage.get(invoices, [row.id]))?.state === 'settled'
  })
}

/** What a settlement writes besides the invoice, and what the invoice remembers of it. */
async function creditPartner(
  context: Context,
  identity: Identity,
  row: RowOf<typeof invoices>,
  paidMsat: bigint,
): Promise<{ readonly writes: Write[]; readonly set: Partial<RowOf<typeof invoices>> }> {
  const [partner, debtMsat] = await Promise.all([
    context.storage.get(partners, [identity.publicKey, row.partner]),
    readDebt(context, identity, row.partner),
  ])
  const { feeMsat, commissionMsat, netMsat } = divideReceipt(
    paidMsat,
    { ppm: partner?.fee_ppm ?? null, fixedMsat: partner?.fee_fixed_msat ?? null },
    { ppm: row.commission_ppm, fixedMsat: row.commission_fixed_msat },
  )
  const toDebtMsat = towardsDebt(netMsat, debtMsat)
  const holdFor = 1000 * (partner?.available_after ?? 0)
  const isHeld = holdFor > 0 && netMsat > toDebtMsat
  const availableAt = isHeld ? context.clock.now() + holdFor : null
  const booked = bookSettlement(row.id, row.partner, {
    paidMsat,
    keptMsat: feeMsat + commissionMsat,
    toDebtMsat,
    isHeld,
    fromOperator: row.is_adopted === true,
  })
  return {
    set: { fee_msat: feeMsat, commission_msat: commissionMsat, available_at: availableAt },
    writes: [
      ...(row.is_adopted ? await bookAdopted(context, identity, row, paidMsat) : []),
      ...(await bookTransaction(context, identity, booked)),
      ...(availableAt === null
        ? []
        : [
            insert(jobs, {
              ...rowBase(identity),
              id: newId(context),
              queue: availableQueue(identity),
              subject: row.id,
              due_at: availableAt,
              attempts: 0,
            }),
          ]),
    ],
  }
}

/**
 * The payment of an adopted invoice is the operator's first, unless it was booked as that when it came:
 * one id for both, so that it cannot be counted twice.
 */
async function bookAdopted(
  context: Context,
  identity: Identity,
  { payment_hash: paymentHash }: RowOf<typeof invoices>,
  paidMsat: bigint,
): Promise<Write[]> {
  const key = [identity.publicKey, foreignIncomeId(paymentHash)]
  if (await context.storage.get(ledgerTransactions, key)) return []
  return postTransaction(context, identity, bookForeignIncome(paymentHash, paidMsat))
}

/** The invoice with a payment hash, if the books know it. */
export async function findInvoiceByHash(
  context: Context,
  identity: Identity,
  paymentHash: string,
): Promise<RowOf<typeof invoices> | undefined> {
  const [row] = await context.storage.find(invoices, {
    index: 'payment_hash',
    equals: [identity.publicKey, paymentHash],
    limit: 1,
  })
  return row
}
