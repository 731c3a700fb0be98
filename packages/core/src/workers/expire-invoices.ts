import type { Context, Identity, Leadership } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { endInvoice } from '../invoices/end-invoice.ts'
import { settleInvoice } from '../invoices/settle-invoice.ts'
import type { NodeInvoice } from '../ports/lightning-node.ts'
import { invoices } from '../tables/invoices.ts'
import type { RowOf } from '../tables/table.ts'

const page = 100
const poll = 1000

/**
 * Ends invoices whose time has passed, by LND's word: it says whether a payment was faster. One that
 * LND still holds open (its clock is behind ours) is canceled there first, so that no payment can
 * come after the event.
 */
export async function expireInvoices(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const due = await context.storage.find(invoices, {
      index: 'expiry',
      equals: [identity.publicKey, 'open'],
      upTo: context.clock.now(),
      limit: page,
    })
    const ended = await Promise.all(due.map((row) => expireOne(context, identity, leadership, row)))
    // A full page that made no progress (payments held by LND) must not spin.
    if (due.length < page || !ended.includes(true)) await context.clock.sleep(poll, signal)
  }
}

async function expireOne(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: RowOf<typeof invoices>,
): Promise<boolean> {
  const seen = await lookup(context, row.payment_hash)
  if (seen?.state === 'settled') {
    await settleInvoice(context, identity, seen, leadership.fence)
    return true
  }
  // Parts of a payment are held: LND settles or cancels within two minutes.
  if (seen?.state === 'accepted') return false
  if (seen?.state === 'open') {
    try {
      await context.lightning.cancelInvoice(row.payment_hash)
    } catch (error) {
      // A payment was faster: the next round credits it.
      if (PaymentNodeError.is(error, 'node.invoice-settled')) return false
      if (!PaymentNodeError.is(error, 'node.invoice-not-found')) throw error
    }
  }
  await endInvoice(context, identity, row.id, 'expired')
  return true
}

async function lookup(context: Context, paymentHash: string): Promise<NodeInvoice | undefined> {
  try {
    return await context.lightning.lookupInvoice(paymentHash)
  } catch (error) {
    // LND can be set to forget canceled invoices.
    if (PaymentNodeError.is(error, 'node.invoice-not-found')) return undefined
    throw error
  }
}
