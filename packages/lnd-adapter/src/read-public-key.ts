import { invalid } from '@payment-node/core'

/** Checks a node's public key (33 bytes, compressed, lower-case hex); throws `input.invalid`. */
export function readPublicKey(publicKey: string, field: string): string {
  if (typeof publicKey !== 'string' || !/^0[23][0-9a-f]{64}$/.test(publicKey)) {
    throw invalid(field, 'malformed', 'must be 66 lower-case hex digits that begin with 02 or 03')
  }
  return publicKey
}
