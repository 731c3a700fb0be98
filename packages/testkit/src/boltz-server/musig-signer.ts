import { createHash, randomBytes } from 'node:crypto'
import * as curve from 'tiny-secp256k1'
import type { MusigKeys, MusigSigner, PartialSigning, SignedHalf } from './ports.ts'

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
/** First byte of a compressed point with an even y. */
const evenPrefix = 2

/** Options of {@link createMusigSigner}. */
export interface MusigSignerOptions {
  /** Where nonces come from; default: the system. Twice the same gives the secret key away. */
  readonly random?: (bytes: number) => Uint8Array
}

/**
 * A signer for the server (BIP327, keys unsorted) that needs no Go: scalars by bigint, points by tiny-secp256k1. It
 * is slow, not constant in time, and for tests only.
 */
export function createMusigSigner({ random = randomBytes }: MusigSignerOptions = {}): MusigSigner {
  // At its first use the curve's library asks the system for chance: not in the middle of a simulation.
  pointOf(1n)
  return {
    aggregate: async (keys) => {
      const { internal, output } = aggregateKeys(keys)
      return {
        internalKey: hexOf(internal.subarray(1)),
        outputKey: hexOf(output.point.subarray(1)),
        parity: output.point[0]! & 1,
      }
    },
    sign: async (signing) => signWithNonce(signing, [randomScalar(random), randomScalar(random)]),
  }
}

/** The half for given secret nonces: for vectors. */
export function signWithNonce(
  signing: PartialSigning,
  secretNonces: readonly [bigint, bigint],
): SignedHalf {
  const { output, coefficientOf } = aggregateKeys(signing)
  const secret = bytesOf(signing.secretKey)
  const ours = Buffer.concat(secretNonces.map((nonce) => pointOf(nonce)))
  const theirs = bytesOf(signing.theirNonce)
  if (theirs.length !== 66) throw new Error('A public nonce has 66 bytes')
  const first = add(ours.subarray(0, 33), theirs.subarray(0, 33))
  const second = add(ours.subarray(33), theirs.subarray(33))
  const message = bytesOf(signing.message)
  const keyX = output.point.subarray(1)
  const blinder = scalarOf(tagged('MuSig/noncecoef', first, second, keyX, message))
  const nonce = add(first, multiply(second, blinder))
  const challenge = scalarOf(tagged('BIP0340/challenge', nonce.subarray(1), keyX, message))
  const sign = isEven(nonce) ? 1n : -1n
  const key =
    scalarOf(secret) *
    output.sign *
    (isEven(output.point) ? 1n : -1n) *
    challenge *
    coefficientOf(hexOf(pointOf(scalarOf(secret))))
  const sum = sign * (secretNonces[0] + blinder * secretNonces[1]) + key
  return { publicNonce: hexOf(ours), partialSignature: hexOf(scalarBytes(sum)) }
}

interface Aggregated {
  /** 33 bytes. */
  readonly internal: Uint8Array
  /** The tweaked key, and the sign that the tweak gave to the keys in it. */
  readonly output: { readonly point: Uint8Array; readonly sign: bigint }
  coefficientOf(publicKey: string): bigint
}

function aggregateKeys({ publicKeys, merkleRoot }: MusigKeys): Aggregated {
  const list = tagged('KeyAgg list', ...publicKeys.map(bytesOf))
  const second = publicKeys.find((key) => key !== publicKeys[0])
  const coefficientOf = (key: string): bigint =>
    key === second ? 1n : scalarOf(tagged('KeyAgg coefficient', list, bytesOf(key)))
  const internal = publicKeys
    .map((key) => multiply(bytesOf(key), coefficientOf(key)))
    .reduce((sum, point) => add(sum, point))
  if (merkleRoot === '') return { internal, output: { point: internal, sign: 1n }, coefficientOf }
  const tweak = scalarOf(tagged('TapTweak', internal.subarray(1), bytesOf(merkleRoot)))
  const even = Uint8Array.from([evenPrefix, ...internal.subarray(1)])
  const sign = isEven(internal) ? 1n : -1n
  return { internal, output: { point: add(even, pointOf(tweak)), sign }, coefficientOf }
}

function tagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const name = createHash('sha256').update(tag).digest()
  return createHash('sha256')
    .update(Buffer.concat([name, name, ...parts]))
    .digest()
}

function randomScalar(random: (bytes: number) => Uint8Array): bigint {
  const scalar = scalarOf(random(32))
  return scalar === 0n ? 1n : scalar
}

function scalarOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${hexOf(bytes)}`) % order
}

function scalarBytes(scalar: bigint): Uint8Array {
  const positive = ((scalar % order) + order) % order
  return Buffer.from(positive.toString(16).padStart(64, '0'), 'hex')
}

function pointOf(scalar: bigint): Uint8Array {
  return present(curve.pointFromScalar(scalarBytes(scalar), true))
}

function multiply(point: Uint8Array, scalar: bigint): Uint8Array {
  return present(curve.pointMultiply(point, scalarBytes(scalar), true))
}

function add(one: Uint8Array, other: Uint8Array): Uint8Array {
  return present(curve.pointAdd(one, other, true))
}

function present(point: Uint8Array | null): Uint8Array {
  if (!point) throw new Error('The point at infinity')
  return point
}

function isEven(point: Uint8Array): boolean {
  return point[0] === evenPrefix
}

function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex')
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
