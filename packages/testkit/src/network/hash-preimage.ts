import { createHash } from 'node:crypto'

/** The payment hash of a preimage: SHA-256, in hex. */
export function hashPreimage(preimage: Uint8Array | string): string {
  const bytes = typeof preimage === 'string' ? Buffer.from(preimage, 'hex') : preimage
  return createHash('sha256').update(bytes).digest('hex')
}
