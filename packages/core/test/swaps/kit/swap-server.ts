import { createHash } from 'node:crypto'
import type { Network } from '@payment-node/core'
import * as bitcoin from 'bitcoinjs-lib'
import bolt11 from 'bolt11'
import * as curve from 'tiny-secp256k1'
import { loadKey, type PurposeKey } from '../../../src/keys.ts'
import type { DecodedInvoice } from '../../../src/ports/lightning-node.ts'
import type { SwapKeys } from '../../../src/swaps/kit/derive-swap-keys.ts'
import { deriveSwapKeys } from '../../../src/swaps/kit/derive-swap-keys.ts'
import type {
  ChainView,
  ReverseLimits,
  ReverseRequest,
  VerifiedSwap,
} from '../../../src/swaps/kit/verify-reverse-terms.ts'
import {
  usualReverseBounds,
  verifyReverseTerms,
} from '../../../src/swaps/kit/verify-reverse-terms.ts'
import { aggregateKeys } from './independent-signer.ts'

bitcoin.initEccLib(curve)

export const identity = { network: 'regtest', publicKey: `02${'ab'.repeat(32)}` } as const

export const chain: ChainView = { tip: 1000, now: 1_790_000_000_000 }

export const limits: ReverseLimits = {
  ...usualReverseBounds,
  minimumOnchainSat: 90_000n,
  maximumCostSat: 6_000n,
  routingLimitSat: 1_000n,
  claimFeeSat: 500n,
}

export const serverSecretKey: Uint8Array = new Uint8Array(32).fill(0x51).fill(7, 30)
export const serverPublicKey: string = toHex(curve.pointFromScalar(serverSecretKey, true)!)

/** P2WPKH on regtest. */
export const destination: string = bitcoin.payments.p2wpkh({
  hash: new Uint8Array(20).fill(0x35),
  network: bitcoin.networks.regtest,
}).address!

export async function swapKey(fill = 1): Promise<PurposeKey> {
  return await loadKey('swaps', new Uint8Array(32).fill(fill).fill(99, 31))
}

/** An agreed swap of 100,000 sat as an honest server makes it, before anything is verified. */
export interface OfferedSwap {
  readonly keys: SwapKeys
  readonly request: ReverseRequest
  readonly terms: RawTerms
  readonly invoice: DecodedInvoice
}

/** What the plugin passes on; loose, so that tests can spoil it. */
export type RawTerms = {
  providerId: string
  invoice: string
  lockupAddress: string
  refundPublicKey: string
  timeoutHeight: number
  onchainAmountSat: bigint
  leaves: Record<string, { version: number; script: string }>
  metadata?: string
  raw: unknown
}

export interface Offer {
  readonly key?: PurposeKey
  readonly swapId?: string
  readonly claimIndex?: number
  readonly timeoutHeight?: number
  readonly network?: Network
  readonly destination?: string
}

export async function offerSwap(offer: Offer = {}): Promise<OfferedSwap> {
  const { swapId = '0f'.repeat(16), claimIndex = 3, timeoutHeight = chain.tip + 144 } = offer
  const network = offer.network ?? 'regtest'
  const key = offer.key ?? (await swapKey())
  const keys = deriveSwapKeys(key, { ...identity, network }, { swapId, claimIndex })
  const amountSat = 100_000n
  const quote = {
    amountSat,
    serviceSat: 500n,
    lockupSat: 462n,
    claimSat: 333n,
    prepayAtRiskSat: 0n,
    expiresAt: chain.now + 60_000,
  }
  const { paymentHash, claimPublicKey } = keys
  const request: ReverseRequest = {
    network,
    ownPublicKey: identity.publicKey,
    amountSat,
    paymentHash,
    claimPublicKey,
    metadata: '01aa',
    destination: offer.destination ?? destination,
    quote,
  }
  const output = buildOutput({ paymentHash, claimPublicKey, timeoutHeight })
  const terms: RawTerms = {
    providerId: 'Zg6YMsNJ9wzW',
    invoice: writeInvoice(paymentHash, amountSat * 1000n, network),
    lockupAddress: bitcoin.payments.p2tr({
      pubkey: output.outputKey,
      network: { ...bitcoin.networks.regtest, bech32: prefixes[network] },
    }).address!,
    refundPublicKey: serverPublicKey,
    timeoutHeight,
    onchainAmountSat: amountSat - quote.serviceSat - quote.lockupSat,
    leaves: {
      claimLeaf: { version: 192, script: toHex(output.claimLeaf) },
      refundLeaf: { version: 192, script: toHex(output.refundLeaf) },
    },
    raw: { id: 'Zg6YMsNJ9wzW' },
  }
  return { keys, request, terms, invoice: decodedInvoice(paymentHash, amountSat * 1000n) }
}

/** The same, verified. */
export async function agreeSwap(
  offer: Offer = {},
): Promise<OfferedSwap & { verified: VerifiedSwap }> {
  const offered = await offerSwap(offer)
  const { request, terms, invoice } = offered
  const verdict = verifyReverseTerms(request, terms, invoice, chain, limits)
  if (!verdict.ok) throw new Error(`refused: ${verdict.refusal.reason}`)
  return { ...offered, verified: verdict.verified }
}

export const prefixes: Readonly<Record<Network, string>> = {
  mainnet: 'bc',
  testnet: 'tb',
  testnet4: 'tb',
  signet: 'tb',
  regtest: 'bcrt',
  simnet: 'sb',
}

/** Leaves and output by bitcoinjs-lib, key aggregation by the independent signer. */
export function buildOutput(parts: {
  paymentHash: string
  claimPublicKey: string
  refundPublicKey?: string
  timeoutHeight: number
}): {
  claimLeaf: Uint8Array
  refundLeaf: Uint8Array
  internalKey: Uint8Array
  outputKey: Uint8Array
  script: Uint8Array
  tweak: Uint8Array
  claimControlBlock: Uint8Array
} {
  const { refundPublicKey = serverPublicKey } = parts
  const assembly = (text: string): Uint8Array => bitcoin.script.fromASM(text)
  const hash160 = createHash('ripemd160').update(parts.paymentHash, 'hex').digest('hex')
  const claimLeaf = assembly(
    `OP_SIZE 20 OP_EQUALVERIFY OP_HASH160 ${hash160} OP_EQUALVERIFY ${parts.claimPublicKey.slice(2)} OP_CHECKSIG`,
  )
  const height = bitcoin.script.compile([
    ...(parts.timeoutHeight <= 16
      ? [0x50 + parts.timeoutHeight]
      : [bitcoin.script.number.encode(parts.timeoutHeight)]),
  ])
  const refundLeaf = new Uint8Array([
    ...assembly(`${refundPublicKey.slice(2)} OP_CHECKSIGVERIFY`),
    ...height,
    bitcoin.opcodes.OP_CHECKLOCKTIMEVERIFY!,
  ])
  const { internalKey } = aggregateKeys([fromHex(refundPublicKey), fromHex(parts.claimPublicKey)])
  const payment = bitcoin.payments.p2tr({
    internalPubkey: internalKey,
    scriptTree: [{ output: claimLeaf }, { output: refundLeaf }],
    redeem: { output: claimLeaf, redeemVersion: 0xc0 },
    network: bitcoin.networks.regtest,
  })
  return {
    claimLeaf,
    refundLeaf,
    internalKey,
    outputKey: payment.pubkey!,
    script: payment.output!,
    tweak: bitcoin.crypto.taggedHash('TapTweak', Buffer.concat([internalKey, payment.hash!])),
    claimControlBlock: payment.witness!.at(-1)!,
  }
}

/** A transaction that pays to the swap, at its second output. */
export function lockUp(
  outputs: readonly { script: Uint8Array; valueSat: bigint }[],
  from: Uint8Array = new Uint8Array(32).fill(0x77),
): bitcoin.Transaction {
  const transaction = new bitcoin.Transaction()
  transaction.version = 2
  transaction.addInput(from, 1, 0xffffffff)
  transaction.setWitness(0, [new Uint8Array(64).fill(1)])
  for (const { script, valueSat } of outputs) transaction.addOutput(script, valueSat)
  return transaction
}

export const change = {
  script: bitcoin.payments.p2wpkh({ hash: new Uint8Array(20).fill(0x11) }).output!,
  valueSat: 40_000n,
}

export function writeInvoice(paymentHash: string, amountMsat: bigint, network: Network): string {
  const bech32 = network === 'signet' ? 'tbs' : prefixes[network]
  const unsigned = bolt11.encode(
    {
      network: { bech32, pubKeyHash: 0x6f, scriptHash: 0xc4, validWitnessVersions: [0, 1] },
      timestamp: chain.now / 1000,
      millisatoshis: amountMsat.toString(),
      tags: [
        { tagName: 'payment_hash', data: paymentHash },
        { tagName: 'description', data: 'a swap' },
      ],
    },
    false,
  )
  return bolt11.sign(unsigned, Buffer.from('22'.repeat(32), 'hex')).paymentRequest!
}

function decodedInvoice(paymentHash: string, amountMsat: bigint): DecodedInvoice {
  return {
    paymentHash,
    destination: `03${'cd'.repeat(32)}`,
    amountMsat,
    createdAt: chain.now,
    expirySeconds: 900,
    description: 'a swap',
    minFinalCltv: 159,
    features: [],
    hasPaymentSecret: true,
    hasBlindedPaths: false,
  }
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}
