import { invalid } from '@payment-node/core'

/** The id of a lease; LND has 32 bytes for it. */
export function readLockId(lockId: Uint8Array): Uint8Array {
  if (lockId instanceof Uint8Array && lockId.length === 32) return lockId
  throw invalid('lockId', 'malformed', 'must be 32 bytes')
}
