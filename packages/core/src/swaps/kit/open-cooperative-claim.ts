import { schnorr } from '@noble/curves/secp256k1.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { nonceAggregate, nonceGen, Session } from '@scure/btc-signer/musig2.js'
import { attachWitness, type UnsignedClaim } from './build-claim.ts'
import type { SwapKeys } from './derive-swap-keys.ts'
import { requireKeysOf } from './require-keys-of.ts'
import type { SignedClaim } from './sign-script-claim.ts'

export type CooperationRefusalReason =
  | 'nonce-malformed'
  | 'partial-signature-malformed'
  | 'partial-signature-invalid'
  | 'signature-invalid'

export type Cooperation =
  | { readonly ok: true; readonly signed: SignedClaim }
  | {
      readonly ok: false
      readonly refusal: { readonly reason: CooperationRefusalReason; readonly says: string }
    }

/** One attempt at a cooperative claim. Its secret nonce lives in memory only, for one answer. */
export interface CooperativeClaim {
  /** Ours, for the provider; hex. */
  readonly publicNonce: string
  /** The claim without witness, for the provider; hex. */
  readonly transaction: string
  /**
   * Takes the provider's half, adds ours and returns the claim, checked as a whole. Whatever the
   * outcome, the attempt is over: a second call throws, and a new attempt has a new nonce.
   */
  complete(answer: unknown): Cooperation
}

/**
 * Opens an attempt (MuSig2, BIP327) with 32 fresh random bytes. Throws `keys.mismatch` for another
 * swap's keys.
 */
export function openCooperativeClaim(
  claim: UnsignedClaim,
  keys: SwapKeys,
  random: Uint8Array,
): CooperativeClaim {
  if (claim.path !== 'cooperative') throw new RangeError('The claim was built for the other path.')
  if (random.length !== 32 || random.every((byte) => byte === random[0]))
    throw new RangeError('A nonce is made of 32 random bytes.')
  const { verified, signatureHash } = claim
  requireKeysOf(verified, keys)
  const { signers, tweak, outputKey } = verified.tree
  const nonces = nonceGen(
    signers[1],
    keys.claimPrivateKey,
    outputKey,
    signatureHash,
    undefined,
    random,
  )
  let secretNonce: Uint8Array | undefined = nonces.secret
  return Object.freeze({
    publicNonce: bytesToHex(nonces.public),
    transaction: claim.transaction,
    complete(answer: unknown): Cooperation {
      if (!secretNonce)
        throw new Error('This attempt at a cooperative claim is over: a nonce is never used twice.')
      const nonce = secretNonce
      secretNonce = undefined
      try {
        return cooperate(answer, nonce)
      } finally {
        nonce.fill(0)
      }
    },
  })

  function cooperate(answer: unknown, nonce: Uint8Array): Cooperation {
    const { publicNonce, partialSignature } = (answer ?? {}) as Record<string, unknown>
    if (typeof publicNonce !== 'string' || !/^(0[23][0-9a-f]{64}){2}$/.test(publicNonce))
      return no('nonce-malformed', "the provider's nonce is no pair of points in hex")
    if (typeof partialSignature !== 'string' || !/^[0-9a-f]{64}$/.test(partialSignature))
      return no('partial-signature-malformed', "the provider's half is no 32 bytes in hex")
    const publicNonces = [hexToBytes(publicNonce), nonces.public]
    const theirs = hexToBytes(partialSignature)
    let session: Session
    try {
      session = new Session(
        nonceAggregate(publicNonces),
        [...signers],
        signatureHash,
        [tweak],
        [true],
      )
    } catch {
      return no('nonce-malformed', "the provider's nonce is no pair of points of the curve")
    }
    if (!session.partialSigVerify(theirs, publicNonces, 0))
      return no('partial-signature-invalid', "the provider's half does not fit this claim")
    const ours = session.sign(nonce, keys.claimPrivateKey)
    const signature = session.partialSigAgg([theirs, ours])
    if (!schnorr.verify(signature, signatureHash, outputKey))
      return no('signature-invalid', 'the whole signature does not spend the output')
    const transaction = attachWitness(claim, [signature])
    const { txid, feeSat, virtualBytes } = claim
    return { ok: true, signed: { transaction, txid, feeSat, virtualBytes } }
  }
}

function no(reason: CooperationRefusalReason, says: string): Cooperation {
  return { ok: false, refusal: { reason, says } }
}
