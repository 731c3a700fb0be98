import type { Integer64 } from './generated/messages.ts'

// Every conversion between LND's forms and the port's happens here.

/** A 64-bit integer, exact. */
export function integer(text: Integer64): bigint {
  if (!/^-?\d{1,20}$/.test(text))
    throw new TypeError(`LND sent ${JSON.stringify(text)} as an integer`)
  return BigInt(text)
}

/** msat from sat. */
export function satoshis(text: Integer64): bigint {
  return integer(text) * 1000n
}

/** A 64-bit integer that is small by its meaning: a duration, a count, a block height. */
export function smallInteger(text: Integer64): number {
  const value = Number(integer(text))
  if (!Number.isSafeInteger(value)) throw new RangeError(`LND sent ${text}, more than was expected`)
  return value
}

/** Milliseconds since 1970, from seconds. */
export function secondsToTime(text: Integer64): number {
  return smallInteger(text) * 1000
}

/** Milliseconds since 1970, from nanoseconds. */
export function nanosecondsToTime(text: Integer64): number {
  return Number(integer(text) / 1_000_000n)
}

/** Lower-case hex; undefined for empty bytes, which is how proto3 says "not set". */
export function hex(bytes: Uint8Array): string | undefined {
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('hex')
}

/** A transaction id as people write it: LND's bytes fields hold it in internal order, reversed. */
export function transactionId(bytes: Uint8Array): string {
  if (bytes.length !== 32) throw new TypeError('a transaction id must be 32 bytes')
  return Buffer.from(bytes).reverse().toString('hex')
}

/** The same as LND takes it in a bytes field. */
export function transactionIdBytes(id: string): Uint8Array {
  return Buffer.from(id, 'hex').reverse()
}

/** Text that proto3 leaves empty when it is not set. */
export function text(value: string): string | undefined {
  return value === '' ? undefined : value
}
