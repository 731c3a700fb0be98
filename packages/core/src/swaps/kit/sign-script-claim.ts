import { schnorr } from '@noble/curves/secp256k1.js'
import { attachWitness, type UnsignedClaim } from './build-claim.ts'
import { claimControlBlock } from './build-reverse-tree.ts'
import type { SwapKeys } from './derive-swap-keys.ts'
import { requireKeysOf } from './require-keys-of.ts'

/** A claim that can be published. */
export interface SignedClaim {
  /** Hex, with witness. */
  readonly transaction: string
  readonly txid: string
  readonly feeSat: bigint
  readonly virtualBytes: number
}

/**
 * Signs a claim by script: no server takes part, and the preimage is revealed on chain when it is
 * published. `auxiliary` is 32 random bytes (BIP340). Throws `keys.mismatch` for another swap's keys.
 */
export function signScriptClaim(
  claim: UnsignedClaim,
  keys: SwapKeys,
  auxiliary: Uint8Array,
): SignedClaim {
  if (claim.path !== 'script') throw new RangeError('The claim was built for the other path.')
  const { verified, signatureHash } = claim
  requireKeysOf(verified, keys)
  const signature = schnorr.sign(signatureHash, keys.claimPrivateKey, auxiliary)
  if (!schnorr.verify(signature, signatureHash, verified.tree.signers[1].slice(1)))
    throw new Error('The signature of a claim does not verify.')
  const { claimLeaf } = verified.tree
  const controlBlock = claimControlBlock(verified.tree)
  const witness = [signature, keys.preimage, claimLeaf, controlBlock]
  const { txid, feeSat, virtualBytes } = claim
  return { transaction: attachWitness(claim, witness), txid, feeSat, virtualBytes }
}
