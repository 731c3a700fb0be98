import { invalid } from '../errors.ts'
import { readInteger } from '../read-input.ts'

/** A span of time, in milliseconds since 1970. Left out: without that end. */
export interface LedgerRange {
  /** Included. */
  readonly from?: number
  /** Not included. */
  readonly to?: number
}

const latest = 8_640_000_000_000_000

/** Throws `input.invalid`. */
export function readRange({ from, to }: { readonly from?: unknown; readonly to?: unknown }): {
  readonly from: number
  readonly to: number
} {
  const range = { minimum: 0, maximum: latest }
  const read = {
    from: from === undefined ? 0 : readInteger(from, 'from', range),
    to: to === undefined ? latest : readInteger(to, 'to', range),
  }
  if (read.to < read.from) throw invalid('to', 'before-from', 'must not be before `from`')
  return read
}
