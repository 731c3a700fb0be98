import { ripemd160 } from '@noble/hashes/legacy.js'
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { bech32m } from '@scure/base'
import { Script } from '@scure/btc-signer'
import { compareBytes, tagSchnorr, taprootTweakPubkey } from '@scure/btc-signer/utils.js'
import { witnessPrefixOf } from '../../domain/onchain-address.ts'
import type { Network } from '../../ports/lightning-node.ts'
import { aggregateKeys } from './aggregate-keys.ts'

/** What the output of a reverse swap is made of; hex. */
export interface ReverseTreeParts {
  /** SHA-256 of the preimage. */
  readonly paymentHash: string
  /** Ours; 33 bytes, compressed. */
  readonly claimPublicKey: string
  /** The provider's; 33 bytes, compressed. */
  readonly refundPublicKey: string
  /** Block height from which the provider can take the money back. */
  readonly timeoutHeight: number
}

/** The Taproot output of a reverse swap (BIP341), with all that spending it needs. */
export interface ReverseTree {
  readonly claimLeaf: Uint8Array
  readonly refundLeaf: Uint8Array
  readonly claimLeafHash: Uint8Array
  readonly refundLeafHash: Uint8Array
  /** The provider's key first, never sorted: the order is part of the aggregate key (BIP327). */
  readonly signers: readonly [provider: Uint8Array, own: Uint8Array]
  /** Aggregate of both keys, x-only. */
  readonly internalKey: Uint8Array
  readonly tweak: Uint8Array
  /** x-only. */
  readonly outputKey: Uint8Array
  /** Of the output key's y, for the control block. */
  readonly outputParity: 0 | 1
  /** The output's script: version 1, 32 bytes. */
  readonly script: Uint8Array
}

/** Tapscript (BIP342). */
export const leafVersion = 0xc0

/** Throws for keys that are no points of the curve. */
export function buildReverseTree(parts: ReverseTreeParts): ReverseTree {
  const claimKey = hexToBytes(parts.claimPublicKey)
  const refundKey = hexToBytes(parts.refundPublicKey)
  const claimLeaf = Script.encode([
    'SIZE',
    32,
    'EQUALVERIFY',
    'HASH160',
    // HASH160 is RIPEMD-160 of SHA-256, and the payment hash is that SHA-256.
    ripemd160(hexToBytes(parts.paymentHash)),
    'EQUALVERIFY',
    claimKey.slice(1),
    'CHECKSIG',
  ])
  const refundLeaf = Script.encode([
    refundKey.slice(1),
    'CHECKSIGVERIFY',
    parts.timeoutHeight,
    'CHECKLOCKTIMEVERIFY',
  ])
  const claimLeafHash = leafHash(claimLeaf)
  const refundLeafHash = leafHash(refundLeaf)
  const sorted = [claimLeafHash, refundLeafHash].sort(compareBytes)
  const root = tagSchnorr('TapBranch', ...sorted)
  const internalKey = aggregateKeys(refundKey, claimKey)
  const tweak = tagSchnorr('TapTweak', internalKey, root)
  const [outputKey, parity] = taprootTweakPubkey(internalKey, root)
  return {
    claimLeaf,
    refundLeaf,
    claimLeafHash,
    refundLeafHash,
    signers: [refundKey, claimKey],
    internalKey,
    tweak,
    outputKey,
    outputParity: parity === 0 ? 0 : 1,
    script: concatBytes(Uint8Array.of(0x51, 32), outputKey),
  }
}

/** What a claim by script proves the leaf with: version and parity, internal key, the other leaf. */
export function claimControlBlock(tree: ReverseTree): Uint8Array {
  const first = Uint8Array.of(leafVersion | tree.outputParity)
  return concatBytes(first, tree.internalKey, tree.refundLeafHash)
}

/** The address of the tree's output (BIP350). */
export function reverseTreeAddress(tree: ReverseTree, network: Network): string {
  const words = bech32m.toWords(tree.outputKey)
  return bech32m.encode(witnessPrefixOf(network), [1, ...words])
}

function leafHash(script: Uint8Array): Uint8Array {
  // All leaves of a swap are shorter than 253 bytes: their length is one byte.
  return tagSchnorr('TapLeaf', Uint8Array.of(leafVersion, script.length), script)
}
