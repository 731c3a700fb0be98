import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import type { CreatedNodeInvoice, NewNodeInvoice, NodeInvoice } from '../ports/lightning-node.ts'
import { noteUnknownInvoice } from '../safety/note-unknown-invoice.ts'

/** As LND has it, with the expiry that it was made with. */
export type AddedInvoice = CreatedNodeInvoice & { readonly expirySeconds: number }

/**
 * Adds the invoice to LND. When LND has the payment hash already (a retry after a crash), what it has
 * must equal the request field by field and be open, else `invoice.key-used`. Undefined when LND has
 * canceled it: it was never given out, and nothing can be paid to it any more.
 */
export async function addToNode(
  context: Context,
  invoice: string,
  paymentHash: string,
  wanted: NewNodeInvoice,
  isExpiryAsked: boolean,
): Promise<AddedInvoice | undefined> {
  try {
    const { expirySeconds } = wanted
    return { ...(await context.lightning.createInvoice(wanted)), expirySeconds }
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.unavailable')) context.live.checkConnection()
    if (!PaymentNodeError.is(error, 'node.invoice-exists')) throw error
    const found = await context.lightning.lookupInvoice(paymentHash)
    if (found.state === 'canceled') return undefined
    if (found.state === 'settled') await noteUnknownInvoice(context, invoice, found)
    // A default may have changed since; what was asked for may not.
    const { expirySeconds } = isExpiryAsked ? wanted : found
    const field = firstDifference(found, { ...wanted, expirySeconds })
    if (field === undefined) return found
    throw new PaymentNodeError(
      'invoice.key-used',
      `LND already has this invoice with another ${field}.`,
      { invoice, field },
      { advice: 'Use a new idempotency key.', cause: error },
    )
  }
}

function firstDifference(found: NodeInvoice, wanted: NewNodeInvoice): string | undefined {
  if (found.state !== 'open') return 'state'
  if (found.amountMsat !== wanted.amountMsat) return 'amount'
  if (found.memo !== (wanted.memo ?? '')) return 'memo'
  const hash = wanted.descriptionHash && Buffer.from(wanted.descriptionHash).toString('hex')
  if (found.descriptionHash !== hash) return 'descriptionHash'
  if (found.expirySeconds !== wanted.expirySeconds) return 'expiresIn'
  // LND calls private what carries hints: it may be asked for and have none to give.
  if (found.isPrivate && !wanted.isPrivate) return 'privateRouteHints'
  return undefined
}
