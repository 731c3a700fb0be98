import { type Context, identityOf } from '../context.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import { invoices } from '../tables/invoices.ts'
import { nodes } from '../tables/node.ts'
import { haltForDifferences } from './halt-for-differences.ts'

/**
 * LND has a paid invoice with a preimage that only our key gives, and the books do not have it. An
 * invoice is given out when the books have it, so they are an old copy: outgoing money is halted. Seen
 * only when the host asks again with the same idempotency key, because the id follows from it; the ids
 * of other invoices are random, and nothing in LND tells them from another program's.
 */
export async function noteUnknownInvoice(
  context: Context,
  invoice: string,
  found: NodeInvoice,
): Promise<void> {
  const identity = identityOf(context)
  const [known] = await context.storage.find(invoices, {
    index: 'payment_hash',
    equals: [identity.publicKey, found.paymentHash],
    limit: 1,
  })
  if (known) return
  // Older than these books, which may have been begun anew with the same key.
  const binding = await context.storage.get(nodes, [context.settings.name])
  if (!binding || found.addIndex <= BigInt(binding.invoice_add_index)) return
  const row = {
    id: `invoice/${invoice}/unknown`,
    kind: 'unknown-invoice' as const,
    payment_hash: found.paymentHash,
    amount_msat: found.paidMsat,
    occurred_at: found.settledAt ?? found.createdAt,
    books: `know no invoice ${invoice}, which LND was paid for`,
  }
  const reasons = ['unknown-invoices'] as const
  await haltForDifferences(context, identity, { cause: 'books-behind', reasons, rows: [row] })
}
