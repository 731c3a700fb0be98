import { type DecodedInvoice, type Network, PaymentNodeError } from '@payment-node/core'
import bolt11 from 'bolt11'
import { bolt11Network, invoicePrefixes, type RouteHint } from './bolt11-invoice.ts'
import { featuresOf } from './invoice-features.ts'
import { isSignedBy } from './verify-invoice-signature.ts'

/** An invoice as a payer needs it. */
export interface ReadInvoice extends DecodedInvoice {
  /** Undefined when the invoice has none. */
  readonly paymentSecret: string | undefined
  readonly routeHints: readonly (readonly RouteHint[])[]
}

type Malformed = 'wrong-network' | 'checksum' | 'signature' | 'malformed'

function malformed(reason: Malformed, says: string, cause?: unknown): PaymentNodeError {
  return new PaymentNodeError('node.invoice-malformed', says, { reason }, { cause })
}

/** Reads a BOLT11 text of `network`. Throws `node.invoice-malformed`. */
export function decodeInvoice(paymentRequest: string, network: Network): ReadInvoice {
  const prefix = /^ln(bcrt|tbs|tb|bc|sb)(?:\d+[munp]?)?1/.exec(paymentRequest.toLowerCase())
  if (!prefix) throw malformed('malformed', 'Not a BOLT11 invoice')

  let read: ReturnType<typeof bolt11.decode>
  try {
    read = bolt11.decode(paymentRequest, networkOfPrefix(prefix[1]!))
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error)
    if (/checksum/i.test(says)) throw malformed('checksum', 'The checksum is wrong', error)
    if (/signature|recover/i.test(says)) {
      throw malformed('signature', 'The signature is wrong', error)
    }
    throw malformed('malformed', says, error)
  }
  if (prefix[1] !== invoicePrefixes[network]) {
    throw malformed('wrong-network', `The invoice is for another network than ${network}`)
  }
  if (!isSignedBy(read.paymentRequest!, read.signature!, read.payeeNodeKey!)) {
    throw malformed('signature', 'The signature is wrong')
  }

  const tags = read.tagsObject
  if (tags.payment_hash?.length !== 64) throw malformed('malformed', 'There is no payment hash')
  const features = featuresOf(tags.feature_bits)
  return {
    paymentHash: tags.payment_hash,
    destination: read.payeeNodeKey!,
    amountMsat: read.millisatoshis ? BigInt(read.millisatoshis) : null,
    createdAt: read.timestamp! * 1000,
    expirySeconds: tags.expire_time ?? 3600,
    description: tags.description ?? '',
    ...(tags.purpose_commit_hash ? { descriptionHash: tags.purpose_commit_hash } : {}),
    minFinalCltv: tags.min_final_cltv_expiry ?? 18,
    features,
    hasPaymentSecret: tags.payment_secret !== undefined,
    hasBlindedPaths: features.some(({ bit }) => bit === 262 || bit === 263),
    paymentSecret: tags.payment_secret,
    routeHints: routeHintsOf(read),
  }
}

function networkOfPrefix(prefix: string): ReturnType<typeof bolt11Network> {
  const known = Object.entries(invoicePrefixes).find(([, text]) => text === prefix)!
  return bolt11Network(known[0] as Network)
}

function routeHintsOf(read: ReturnType<typeof bolt11.decode>): RouteHint[][] {
  return read.tags
    .filter(({ tagName }) => tagName === 'routing_info')
    .map(({ data }) =>
      (data as NonNullable<bolt11.TagsObject['routing_info']>).map((hop) => ({
        publicKey: hop.pubkey,
        channelId: BigInt(`0x${hop.short_channel_id}`),
        baseFeeMsat: BigInt(hop.fee_base_msat),
        feeRatePpm: hop.fee_proportional_millionths,
        timeLockDeltaBlocks: hop.cltv_expiry_delta,
      })),
    )
}
