import { createHash } from 'node:crypto'
import * as curve from 'tiny-secp256k1'

/**
 * The provider's half of MuSig2 (BIP327) for two signers, from the BIP's formulas on libsecp256k1's
 * point arithmetic: no code is shared with the kit. Only for tests: nothing here is constant-time.
 */

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** Keys in the protocol's order, and what comes of them. */
export interface Aggregate {
  readonly keys: readonly Uint8Array[]
  /** x-only. */
  readonly internalKey: Uint8Array
  /** Compressed, before any tweak. */
  readonly point: Uint8Array
  readonly coefficients: readonly bigint[]
}

export function aggregateKeys(keys: readonly Uint8Array[]): Aggregate {
  const list = tagged('KeyAgg list', ...keys)
  const second = keys.find((key) => !same(key, keys[0]!))
  const coefficients = keys.map((key) =>
    second && same(key, second) ? 1n : scalarOf(tagged('KeyAgg coefficient', list, key)),
  )
  const point = keys
    .map((key, at) => times(key, coefficients[at]!))
    .reduce((sum, part) => curve.pointAdd(sum, part, true)!)
  return { keys, point, internalKey: point.slice(1), coefficients }
}

/** The provider's answer to a claim's signature hash and our public nonce. */
export interface ServerSigning {
  readonly keys: readonly Uint8Array[]
  readonly secretKey: Uint8Array
  readonly tweak: Uint8Array
  readonly message: Uint8Array
  readonly clientNonce: Uint8Array
  /** Two scalars. */
  readonly secretNonce: Uint8Array
}

export function signAsServer(signing: ServerSigning): {
  publicNonce: Uint8Array
  partialSignature: Uint8Array
} {
  const { keys, secretKey, tweak, message, clientNonce, secretNonce } = signing
  const aggregate = aggregateKeys(keys)
  const k1 = secretNonce.slice(0, 32)
  const k2 = secretNonce.slice(32, 64)
  const publicNonce = join(curve.pointFromScalar(k1, true)!, curve.pointFromScalar(k2, true)!)
  const halves = [0, 33].map(
    (at) =>
      curve.pointAdd(
        publicNonce.slice(at, at + 33),
        clientNonce.slice(at, at + 33),
        true,
      ) as Uint8Array,
  )
  // An x-only tweak counts on the even point of the aggregate's x.
  const isOdd = aggregate.point[0] === 3
  const even = join(Uint8Array.of(2), aggregate.internalKey)
  const output = curve.pointAddScalar(even, tweak, true)!
  const b = scalarOf(tagged('MuSig/noncecoef', ...halves, output.slice(1), message))
  const nonce = curve.pointAdd(halves[0]!, times(halves[1]!, b), true)!
  const e = scalarOf(tagged('BIP0340/challenge', nonce.slice(1), output.slice(1), message))
  const sign = (flips: boolean, value: bigint): bigint => (flips ? order - value : value)
  const k = modulo(sign(nonce[0] === 3, scalarOf(k1)) + b * sign(nonce[0] === 3, scalarOf(k2)))
  const flipped = (output[0] === 3) !== isOdd
  const d = sign(flipped, scalarOf(secretKey))
  const at = keys.findIndex((key) => same(key, curve.pointFromScalar(secretKey, true)!))
  const s = modulo(k + e * aggregate.coefficients[at]! * d)
  return { publicNonce, partialSignature: bytesOf(s) }
}

export function tagged(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const name = createHash('sha256').update(tag).digest()
  const hash = createHash('sha256').update(name).update(name)
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

function times(point: Uint8Array, scalar: bigint): Uint8Array {
  return curve.pointMultiply(point, bytesOf(scalar), true)!
}

function scalarOf(bytes: Uint8Array): bigint {
  return modulo(BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}

function modulo(value: bigint): bigint {
  return ((value % order) + order) % order
}

function bytesOf(scalar: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'))
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b)
}
