import { createHash } from 'node:crypto'

/** The payment hash of a preimage: SHA-256, in hex. */
export function hashPreimage(preimage: Uint8Array): string {
  return createHash('sha256').update(preimage).digest('hex')
}
