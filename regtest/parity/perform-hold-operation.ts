import { type Actor, type ForeignInvoice, pick } from './actor.ts'
import { hashPreimage } from './hash-preimage.ts'
import type { HoldOperation } from './operation.ts'
import { payHeld } from './pay-held.ts'
import { paymentOf } from './payment-of.ts'
import type { Result } from './receive-payment.ts'

/** Payments that the peer holds; their streams are read beside the operations. */
export async function performHoldOperation(
  actor: Actor,
  operation: HoldOperation,
): Promise<Result> {
  const { node, counterparties, waitFor } = actor.world
  const { peer } = counterparties
  if (operation.kind === 'start-paying') {
    const preimage = actor.nextPreimage()
    const { amountMsat } = operation
    const terms = { preimage, amountMsat, memo: 'on the way', expirySeconds: 3600 }
    const paymentHash = hashPreimage(preimage)
    const paymentRequest = await peer.createInvoice(terms)
    const invoice: ForeignInvoice = {
      ...{ by: 'peer', preimage, paymentHash, paymentRequest },
      amountMsat: undefined,
      isHold: false,
    }
    actor.foreign.push(invoice)
    actor.streams.followPayment(paymentHash, node.pay(paymentOf(invoice, 100_000n)))
    await waitFor('the payment to have an attempt', async () => {
      const listed = await node.listPayments({ afterIndex: 0n, limit: 1000 })
      return listed.some((one) => one.paymentHash === paymentHash && one.htlcs.length > 0)
    })
    return 'started'
  }
  if (operation.kind === 'pay-hold') {
    const { amountMsat } = operation
    const preimage = actor.nextPreimage()
    const paymentHash = hashPreimage(preimage)
    const paymentRequest = await peer.createHoldInvoice({
      ...{ preimage, amountMsat },
      memo: 'held',
      expirySeconds: 3600,
    })
    const invoice: ForeignInvoice = {
      ...{ by: 'peer', preimage, paymentHash, paymentRequest },
      amountMsat: undefined,
      isHold: true,
    }
    actor.foreign.push(invoice)
    return payHeld(actor, invoice, 100_000n)
  }
  const held = pick(
    actor.foreign.filter((invoice) => invoice.isHold),
    operation.slot,
  )
  if (!held) return 'nothing to do'
  const change =
    operation.kind === 'settle-hold'
      ? peer.settleHold(held.preimage)
      : peer.cancelInvoice(held.paymentHash)
  return change.then(
    () => 'done',
    () => 'refused',
  )
}
