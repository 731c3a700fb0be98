import type { DecodedInvoice } from '../ports/lightning-node.ts'

export interface PayableCheck {
  readonly now: number
  /** Milliseconds that must be left before the invoice expires. */
  readonly expiryMargin: number
  readonly ownPublicKey: string
  /** What the host asked to pay; undefined = what the invoice says. */
  readonly amountMsat: bigint | undefined
}

export type Payable =
  | { readonly payable: true; readonly amountMsat: bigint }
  | {
      readonly payable: false
      readonly field: 'amount' | 'destination'
      readonly reason: string
      readonly says: string
    }

/** Blocks an HTLC may be frozen by the last hop alone; more is a way to lock up our funds. */
const maximumFinalCltv = 2016

/**
 * Whether a decoded BOLT11 invoice may be paid: the reasons are stable. LND has already checked
 * prefix, checksum and signature.
 */
export function checkPayable(invoice: DecodedInvoice, check: PayableCheck): Payable {
  const no = (
    reason: string,
    says: string,
    field: 'amount' | 'destination' = 'destination',
  ): Payable => ({
    payable: false,
    field,
    reason,
    says,
  })
  if (invoice.destination === check.ownPublicKey) {
    return no(
      'own-node',
      'the invoice is from this node: move the balance inside your books instead',
    )
  }
  if (invoice.hasBlindedPaths)
    return no('blinded-paths', 'invoices with blinded paths are not supported yet')
  if (!invoice.hasPaymentSecret) {
    return no(
      'no-payment-secret',
      'without a payment secret the nodes on the way could take the payment',
    )
  }
  const unknown = invoice.features.find((feature) => feature.isRequired && !feature.isKnown)
  if (unknown)
    return no(
      'unknown-required-feature',
      `it requires feature bit ${unknown.bit}, which is unknown`,
    )
  const amp = invoice.features.find((feature) => feature.isRequired && feature.bit === 30)
  if (amp) return no('amp', 'AMP invoices can be paid many times under changing hashes')
  const expiresAt = invoice.createdAt + invoice.expirySeconds * 1000
  if (expiresAt <= check.now) return no('expired', 'the invoice has expired')
  if (expiresAt - check.now < check.expiryMargin) {
    return no('expires-too-soon', `it expires in less than ${check.expiryMargin / 1000} s`)
  }
  if (invoice.minFinalCltv > maximumFinalCltv) {
    return no(
      'timelock-too-long',
      `its last hop may freeze the payment for ${invoice.minFinalCltv} blocks`,
    )
  }
  if (invoice.amountMsat === null || invoice.amountMsat === 0n) {
    if (check.amountMsat === undefined) {
      return no('amount-missing', 'the invoice has no amount: say how much to pay', 'amount')
    }
    return { payable: true, amountMsat: check.amountMsat }
  }
  if (check.amountMsat !== undefined && check.amountMsat !== invoice.amountMsat) {
    return no('amount-differs', `the invoice asks for exactly ${invoice.amountMsat} msat`, 'amount')
  }
  return { payable: true, amountMsat: invoice.amountMsat }
}
