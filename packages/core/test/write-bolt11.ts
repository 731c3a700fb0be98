import { createHash } from 'node:crypto'
import bolt11 from 'bolt11'

/** What an invoice text says, where it differs from an ordinary one for 1500 sat on regtest. */
export interface Bolt11Terms {
  /** After `ln`; default `'bcrt'`. */
  readonly prefix?: string
  /** Default 1 500 000; null: none. */
  readonly amountMsat?: bigint | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** Default 3600. */
  readonly expirySeconds?: number
  /** Default 80. */
  readonly minFinalCltv?: number
  /** Default true. */
  readonly hasPaymentSecret?: boolean
  /** Feature bits beside the TLV onion, the payment secret and MPP. */
  readonly extraFeatures?: readonly number[]
}

const preimage = new Uint8Array(32).fill(9)
const bolt11PaymentHash = createHash('sha256').update(preimage).digest('hex')

/** Signs an invoice of a node that is not in the network, for what no node would make. */
export function writeBolt11(terms: Bolt11Terms): string {
  const { hasPaymentSecret = true, amountMsat = 1_500_000n, extraFeatures = [] } = terms
  const highest = Math.max(19, ...extraFeatures)
  const features = {
    word_length: Math.ceil((highest + 1) / 5),
    var_onion_optin: { required: true, supported: false },
    basic_mpp: { required: false, supported: true },
    ...(hasPaymentSecret && { payment_secret: { required: true, supported: false } }),
    ...(extraFeatures.length > 0 && {
      extra_bits: {
        start_bit: 20,
        bits: Array.from({ length: highest - 19 }, (_, at) => extraFeatures.includes(at + 20)),
      },
    }),
  }
  const unsigned = bolt11.encode(
    {
      network: {
        bech32: terms.prefix ?? 'bcrt',
        pubKeyHash: 0x6f,
        scriptHash: 0xc4,
        validWitnessVersions: [0, 1],
      },
      timestamp: Math.floor(terms.createdAt / 1000),
      ...(amountMsat !== null && { millisatoshis: amountMsat.toString() }),
      tags: [
        { tagName: 'payment_hash', data: bolt11PaymentHash },
        ...(hasPaymentSecret ? [{ tagName: 'payment_secret', data: '11'.repeat(32) }] : []),
        { tagName: 'description', data: 'a test' },
        { tagName: 'expire_time', data: terms.expirySeconds ?? 3600 },
        { tagName: 'min_final_cltv_expiry', data: terms.minFinalCltv ?? 80 },
        { tagName: 'feature_bits', data: features },
      ],
    },
    false,
  )
  return bolt11.sign(unsigned, Buffer.from('22'.repeat(32), 'hex')).paymentRequest!
}

/** One letter of the data part replaced: the checksum no longer fits. */
export function damageBolt11(invoice: string): string {
  const at = invoice.lastIndexOf('1') + 20
  return `${invoice.slice(0, at)}${invoice[at] === 'q' ? 'p' : 'q'}${invoice.slice(at + 1)}`
}
