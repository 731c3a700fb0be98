/** An answer that is JSON and not what the protocol says. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer'
}

const mostSat = 2_100_000_000_000_000

/** The fields of an object. */
export function recordOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new MalformedAnswer(`${field} is no object`)
}

/** A list of at most `most` entries. */
export function listOf(value: unknown, field: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value
  throw new MalformedAnswer(`${field} is no list of at most ${most} entries`)
}

/** Text of one form. */
export function textOf(value: unknown, field: string, form: RegExp, longest: number): string {
  if (typeof value === 'string' && value.length <= longest && form.test(value)) return value
  throw new MalformedAnswer(`${field} is not the text that it should be`)
}

/** A whole number between two others. */
export function wholeOf(value: unknown, field: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) {
    return value
  }
  throw new MalformedAnswer(`${field} is no whole number from ${least} to ${most}`)
}

/** An amount in sat, at least `least`. */
export function satOf(value: unknown, field: string, least = 0): bigint {
  return BigInt(wholeOf(value, field, least, mostSat))
}

/** Bytes in hex, in small letters. */
export function hexOf(value: unknown, field: string, mostBytes: number): string {
  return textOf(value, field, /^([0-9a-f]{2})*$/i, mostBytes * 2).toLowerCase()
}

/** Names of swaps become part of paths. */
export const idForm: RegExp = /^[\w-]{1,64}$/
