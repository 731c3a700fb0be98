import type { NewPayment } from '@payment-node/core'
import type { ForeignInvoice } from './actor.ts'

/** The call for an invoice. */
export function paymentOf(
  { paymentRequest, amountMsat }: ForeignInvoice,
  feeLimitMsat: bigint,
): NewPayment {
  const amount = amountMsat === undefined ? {} : { amountMsat }
  return { paymentRequest, ...amount, feeLimitMsat, timeoutSeconds: 60 }
}
