import { secp256k1 } from '@noble/curves/secp256k1.js'
import { equalBytes, tagSchnorr } from '@scure/btc-signer/utils.js'

/**
 * The aggregate key of two signers (BIP327 KeyAgg, unsorted), x-only. All of it is public, so that
 * arithmetic in variable time serves: it is several times faster than the signing library's, which makes
 * each signature with its own aggregate, and that one is checked against this. Throws for keys that are no points
 * of the curve, and for one key twice.
 */
export function aggregateKeys(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (equalBytes(first, second)) throw new RangeError('Two signers have two keys.')
  const { Point } = secp256k1
  const list = tagSchnorr('KeyAgg list', first, second)
  const coefficient = Point.Fn.create(
    Point.Fn.fromBytes(tagSchnorr('KeyAgg coefficient', list, first), true),
  )
  // The second distinct key of a list has the coefficient 1.
  const sum = Point.fromBytes(first).multiplyUnsafe(coefficient).add(Point.fromBytes(second))
  return sum.toBytes(true).slice(1)
}
