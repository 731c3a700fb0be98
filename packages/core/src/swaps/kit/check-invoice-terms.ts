import { bech32 } from '@scure/base'
import { checkPayable } from '../../domain/bolt11-check.ts'
import type { DecodedInvoice, Network } from '../../ports/lightning-node.ts'
import type { ReadTerms } from './read-terms.ts'
import { refuseTerms as no, type TermsRefusal, type TermsRefusalReason } from './terms-refusal.ts'
import type { ChainView, ReverseLimits, ReverseRequest } from './verify-reverse-terms.ts'

/** BOLT11's prefixes; `lntb` is used by both testnets. */
const invoicePrefixes: Readonly<Record<Network, string>> = {
  mainnet: 'lnbc',
  testnet: 'lntb',
  testnet4: 'lntb',
  signet: 'lntbs',
  regtest: 'lnbcrt',
  simnet: 'lnsb',
}

/** Whether paying the invoice buys our preimage's output, and for the agreed amount. */
export function checkInvoice(
  request: ReverseRequest,
  { invoice: text }: ReadTerms,
  invoice: DecodedInvoice,
): TermsRefusal | undefined {
  const decoded = bech32.decodeUnsafe(text, false)
  if (!decoded) return no('invoice-malformed', 'invoice', 'its checksum is wrong')
  const prefix = /^([a-z]+)(\d+[munp]?)?$/.exec(decoded.prefix)?.[1]
  if (prefix !== invoicePrefixes[request.network])
    return no('invoice-wrong-network', 'invoice', `it is not for ${request.network}`)
  if (invoice.paymentHash !== request.paymentHash)
    return no(
      'invoice-hash-differs',
      'invoice',
      'its payment hash is not ours: paying it buys nothing',
    )
  if (invoice.amountMsat !== request.amountSat * 1000n) {
    const asks = invoice.amountMsat === null ? 'any amount' : `${invoice.amountMsat} msat`
    return no('invoice-amount-differs', 'invoice', `it asks for ${asks}`)
  }
  return undefined
}

const payableRefusals: Readonly<Record<string, TermsRefusalReason>> = {
  'own-node': 'invoice-own-node',
  expired: 'invoice-expired',
  'expires-too-soon': 'invoice-expired',
}

/** Whether our node can and may pay it now. */
export function checkInvoiceNow(
  request: ReverseRequest,
  invoice: DecodedInvoice,
  chain: ChainView,
  limits: ReverseLimits,
): TermsRefusal | undefined {
  const payable = checkPayable(invoice, {
    now: chain.now,
    expiryMargin: limits.invoiceMargin,
    ownPublicKey: request.ownPublicKey,
    amountMsat: undefined,
  })
  if (!payable.payable) {
    return no(payableRefusals[payable.reason] ?? 'invoice-unpayable', 'invoice', payable.says)
  }
  if (invoice.minFinalCltv > limits.maximumFinalCltv) {
    const says = `its last hop may freeze the payment for ${invoice.minFinalCltv} blocks`
    return no('invoice-timelock-too-long', 'invoice', says)
  }
  return undefined
}
