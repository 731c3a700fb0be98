import type { Network } from '@payment-node/core'
import bolt11 from 'bolt11'

/** A hop over a private channel, as BOLT11 `r` writes it. */
export interface RouteHint {
  readonly publicKey: string
  readonly channelId: bigint
  readonly baseFeeMsat: bigint
  readonly feeRatePpm: number
  readonly timeLockDeltaBlocks: number
}

/** What an invoice text says. */
export interface InvoiceText {
  readonly network: Network
  /** Milliseconds since 1970, whole seconds. */
  readonly createdAt: number
  readonly paymentHash: string
  readonly paymentSecret: string
  readonly amountMsat: bigint | null
  readonly memo?: string
  readonly descriptionHash?: string
  readonly expirySeconds: number
  readonly minFinalCltv: number
  /** One hint per private channel; each is a path of one hop. */
  readonly routeHints: readonly RouteHint[]
}

/** BOLT11 prefixes after `ln`. */
export const invoicePrefixes: Readonly<Record<Network, string>> = {
  mainnet: 'bc',
  testnet: 'tb',
  testnet4: 'tb',
  signet: 'tbs',
  regtest: 'bcrt',
  simnet: 'sb',
}

/** What the `bolt11` package wants to know of a network; only the prefix is used here. */
export function bolt11Network(network: Network): {
  bech32: string
  pubKeyHash: number
  scriptHash: number
  validWitnessVersions: number[]
} {
  return {
    bech32: invoicePrefixes[network],
    pubKeyHash: 0x6f,
    scriptHash: 0xc4,
    validWitnessVersions: [0, 1],
  }
}

/** BOLT9 `option_route_blinding`, optional. */
const routeBlindingBit = 25

/** Encodes and signs an invoice as LND does: TLV onion and payment secret required, MPP and blinded routes known. */
export function encodeInvoice(text: InvoiceText, privateKey: Uint8Array): string {
  const tags: { tagName: string; data: bolt11.TagData }[] = [
    { tagName: 'payment_hash', data: text.paymentHash },
    { tagName: 'payment_secret', data: text.paymentSecret },
    text.descriptionHash === undefined
      ? { tagName: 'description', data: text.memo ?? '' }
      : { tagName: 'purpose_commit_hash', data: text.descriptionHash },
    { tagName: 'expire_time', data: text.expirySeconds },
    { tagName: 'min_final_cltv_expiry', data: text.minFinalCltv },
    {
      tagName: 'feature_bits',
      data: {
        word_length: 6,
        var_onion_optin: { required: true, supported: false },
        payment_secret: { required: true, supported: false },
        basic_mpp: { required: false, supported: true },
        extra_bits: { start_bit: routeBlindingBit, bits: [true] },
      },
    },
  ]
  for (const hint of text.routeHints) {
    tags.push({
      tagName: 'routing_info',
      data: [
        {
          pubkey: hint.publicKey,
          short_channel_id: hint.channelId.toString(16).padStart(16, '0'),
          fee_base_msat: Number(hint.baseFeeMsat),
          fee_proportional_millionths: hint.feeRatePpm,
          cltv_expiry_delta: hint.timeLockDeltaBlocks,
        },
      ],
    })
  }
  const unsigned = bolt11.encode(
    {
      network: bolt11Network(text.network),
      timestamp: Math.floor(text.createdAt / 1000),
      ...(text.amountMsat === null ? {} : { millisatoshis: text.amountMsat.toString() }),
      tags,
    },
    false,
  )
  const signed = bolt11.sign(unsigned, Buffer.from(privateKey))
  if (!signed.paymentRequest) throw new Error('The invoice was not signed')
  return signed.paymentRequest
}
