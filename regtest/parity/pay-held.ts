import type { Actor, ForeignInvoice } from './actor.ts'
import { paymentOf } from './payment-of.ts'
import type { Result } from './receive-payment.ts'

/** Pays an invoice that the peer holds, and goes on when it does, or when the payment has ended. */
export async function payHeld(
  actor: Actor,
  invoice: ForeignInvoice,
  feeLimitMsat: bigint,
): Promise<Result> {
  const { node, counterparties, waitFor } = actor.world
  const { paymentHash } = invoice
  const updates = node.pay(paymentOf(invoice, feeLimitMsat))
  actor.streams.followPayment(paymentHash, updates)
  await waitFor('the held payment, or its end', async () => {
    const shown = actor.streams.paymentState(paymentHash)
    if (shown !== undefined && shown !== 'in-flight') return true
    return counterparties.peer.isHeld(paymentHash)
  })
  return { isHeld: await counterparties.peer.isHeld(paymentHash) }
}
