import type { Context, Identity } from '../context.ts'
import { bookForeignIncome, foreignIncomeId } from '../domain/ledger.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import type { Change } from '../ports/storage.ts'
import { record } from '../record.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { nodes } from '../tables/node.ts'

/**
 * Books a receipt that no invoice of the books asked for (another program's, keysend, AMP) as the
 * operator's, once (money rule 16). What LND had made before these books began is in the opening balance, or
 * comes to light as a surplus.
 */
export async function bookIncomeOfOthers(
  context: Context,
  identity: Identity,
  seen: NodeInvoice,
  fence?: Change['fence'],
): Promise<void> {
  const id = foreignIncomeId(seen.paymentHash)
  const isBooked = async (): Promise<boolean> =>
    (await context.storage.get(ledgerTransactions, [identity.publicKey, id])) !== undefined
  const begin = await context.storage.get(nodes, [context.settings.name])
  if (!begin || seen.addIndex <= BigInt(begin.invoice_add_index)) return
  if (seen.paidMsat <= 0n || (await isBooked())) return
  const writes = postTransaction(
    context,
    identity,
    bookForeignIncome(seen.paymentHash, seen.paidMsat),
  )
  // Refused: it was booked, or adopted, meanwhile.
  await record(context, { writes, ...(fence && { fence }) }, isBooked)
}
