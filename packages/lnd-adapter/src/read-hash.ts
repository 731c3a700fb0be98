import { invalid } from '@payment-node/core'

/** 32 bytes from 64 hex digits; throws `input.invalid`. */
export function readHash(paymentHash: string): Uint8Array {
  if (typeof paymentHash !== 'string' || !/^[0-9a-f]{64}$/.test(paymentHash)) {
    throw invalid('paymentHash', 'malformed', 'must be 64 lower-case hex digits')
  }
  return Buffer.from(paymentHash, 'hex')
}
