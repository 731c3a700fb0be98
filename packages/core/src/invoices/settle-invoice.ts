import type { Context, Identity } from '../context.ts'
import { stepInvoice } from '../domain/invoice.ts'
import { bookSettlement } from '../domain/ledger.ts'
import { newEvent } from '../events/new-event.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import type { Change } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { invoices } from '../tables/invoices.ts'
import { type RowOf, update } from '../tables/table.ts'
import { type Invoice, invoiceView } from './invoice-view.ts'

/** `foreign`: another program's invoice. `unsolicited`: keysend or AMP, never credited (money rule 9). */
export type Settlement = 'credited' | 'known' | 'foreign' | 'unsolicited' | 'not-settled'

/**
 * Credits what was paid, once: state, ledger and event in one change. Any number of callers may see
 * the same settlement (stream, sweep, another process); the first one books it.
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
    const row = await findByHash(context, identity, seen.paymentHash)
    if (!row) return 'foreign'
    const step = stepInvoice(row.state as Invoice['state'], {
      kind: 'settled',
      paidMsat: seen.paidMsat,
    })
    if ('refused' in step || step.state !== 'settled') return 'known'
    const set = {
      state: 'settled',
      paid_msat: seen.paidMsat,
      is_late: step.isLate,
      settle_index: Number(seen.settleIndex),
      ended_at: seen.settledAt ?? context.clock.now(),
    }
    const invoice = invoiceView({ ...row, ...set })
    const change: Change = {
      writes: [
        update(invoices, row, set),
        ...postTransaction(context, identity, bookSettlement(row.id, row.partner, { paidMsat: seen.paidMsat })),
      ],
      events: [newEvent(context, identity, 'invoice.settled', `invoice/${row.id}`, { invoice })],
      ...(fence && { fence }),
    }
    const refused = await record(context, change, async () => {
      return (await context.storage.get(invoices, [row.id]))?.state === 'settled'
    })
    if (!refused) return 'credited'
  }
  throw tooContended(`settlement of ${seen.paymentHash}`)
}

async function findByHash(
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
