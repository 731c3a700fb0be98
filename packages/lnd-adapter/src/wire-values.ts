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

/** Bytes of exactly `length` from hex text. */
export function bytesFromHex(text: string, length: number, name: string): Uint8Array {
  if (!new RegExp(`^[0-9a-fA-F]{${length * 2}}$`).test(text)) {
    throw new TypeError(`${name} must be ${length} bytes as hex, ${length * 2} digits`)
  }
  return Buffer.from(text, 'hex')
}

/** Bytes of exactly `length`. */
export function exactBytes(bytes: Uint8Array, length: number, name: string): Uint8Array {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new TypeError(`${name} must be ${length} bytes`)
  }
  return bytes
}

/** A transaction id as people write it: LND's bytes fields hold it in internal order, reversed. */
export function transactionId(bytes: Uint8Array): string {
  return Buffer.from(exactBytes(bytes, 32, 'a transaction id'))
    .reverse()
    .toString('hex')
}

/** Text that proto3 leaves empty when it is not set. */
export function text(value: string): string | undefined {
  return value === '' ? undefined : value
}
