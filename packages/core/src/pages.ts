import { invalid } from './errors.ts'
import type { Key } from './ports/storage.ts'
import { readInteger } from './read-input.ts'

/** One page of a list; pass `cursor` on to get the next, until it is undefined. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor: string | undefined
}

/** How lists are paged. Newest first. */
export interface PageInput {
  /** From the page before. */
  readonly cursor?: string
  /** 1 to 1000, default 100. */
  readonly limit?: number
}

export function readLimit(value: unknown): number {
  return value === undefined ? 100 : readInteger(value, 'limit', { minimum: 1, maximum: 1000 })
}

/** Cursors are opaque to hosts: the last row's place in the index. */
export function writeCursor(after: Key): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url')
}

export function readCursor(value: unknown): (string | number)[] | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw invalid('cursor', 'wrong-type', 'expected the cursor of a page')
  try {
    const after: unknown = JSON.parse(Buffer.from(value, 'base64url').toString())
    if (isPlace(after)) return after
  } catch {
    // falls through: one refusal for every kind of nonsense
  }
  throw invalid('cursor', 'malformed', 'is not the cursor of a page')
}

/** A time and an id, as the index has them: anything else would be refused by the storage. */
function isPlace(after: unknown): after is [number, string] {
  return (
    Array.isArray(after) &&
    after.length === 2 &&
    Number.isSafeInteger(after[0]) &&
    typeof after[1] === 'string' &&
    /^[\x21-\x7e]{1,300}$/.test(after[1])
  )
}
