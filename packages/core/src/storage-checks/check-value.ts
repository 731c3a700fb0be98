import type { Key } from '../ports/storage.ts'
import type { Column } from '../tables/table.ts'
import type { DeclaredTable } from './declare-table.ts'
import { invalidChange } from './invalid-change.ts'

/** A value as it is kept: JSON as its text, bytes as a copy of their own. */
export type Cell = string | number | bigint | boolean | Uint8Array | null

/** What 64 bits hold: every engine keeps `msat` and `integer` in them. */
export const smallestInteger: bigint = -(2n ** 63n)
/** See {@link smallestInteger}. */
export const largestInteger: bigint = 2n ** 63n - 1n

/** Refuses what a column cannot give back exactly, and copies what the caller could still change. */
export function checkValue(table: DeclaredTable, name: string, value: unknown): Cell {
  const column = table.columns.get(name)
  const where = `${table.name}.${name}`
  if (!column) throw invalidChange('unknown-column', `${where} is not a column`)
  if (value === null && column.nullable) return null
  return checkTyped(where, column, value)
}

function checkTyped(where: string, column: Column, value: unknown): Cell {
  switch (column.type) {
    case 'text':
      return checkText(where, value)
    case 'msat':
      if (typeof value !== 'bigint') throw wrongType(where, 'a bigint')
      if (value < smallestInteger || value > largestInteger) throw outOfRange(where)
      return value
    case 'integer':
    case 'time':
      return checkInteger(where, value)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(where, 'a boolean')
      return value
    case 'bytes':
      if (!(value instanceof Uint8Array)) throw wrongType(where, 'a Uint8Array')
      return Uint8Array.from(value)
    case 'json':
      return jsonText(where, value)
  }
}

/** PostgreSQL cannot keep NUL, and a lone surrogate has no UTF-8: no engine takes them. */
export function checkText(where: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(where, 'a string')
  if (value.includes('\0')) throw invalidChange('nul-in-text', `${where} holds the character NUL`)
  if (/\p{Surrogate}/u.test(value)) {
    throw invalidChange('malformed-text', `${where} holds half a surrogate pair`)
  }
  return value
}

/** Refuses a number that is not exact. */
export function checkInteger(where: string, value: unknown): number {
  if (typeof value !== 'number') throw wrongType(where, 'a number')
  if (!Number.isSafeInteger(value)) throw outOfRange(where)
  return value + 0 // -0 becomes 0
}

/** Values of a key or of an index's first columns. */
export function checkKey(table: DeclaredTable, columns: readonly string[], values: Key): Cell[] {
  if (!Array.isArray(values) || values.length !== columns.length) {
    throw invalidChange('wrong-key', `${table.name}: give the values of ${columns.join(', ')}`)
  }
  return columns.map((column, at) => checkValue(table, column, values[at]))
}

function jsonText(where: string, value: unknown): string {
  const refuseLoss = function (this: unknown, key: string, part: unknown): unknown {
    const isLost =
      typeof part === 'function' ||
      typeof part === 'symbol' ||
      typeof part === 'bigint' ||
      (typeof part === 'number' && !Number.isFinite(part)) ||
      (part === undefined && (key === '' || Array.isArray(this)))
    if (isLost) throw invalidChange('not-json', `${where} holds a value that JSON cannot hold`)
    return part
  }
  try {
    return JSON.stringify(value, refuseLoss)
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof RangeError) {
      throw invalidChange('not-json', `${where} cannot be written as JSON: ${cause.message}`)
    }
    throw cause
  }
}

function wrongType(where: string, expected: string): Error {
  return invalidChange('wrong-type', `${where} must be ${expected}`)
}

function outOfRange(where: string): Error {
  return invalidChange('out-of-range', `${where} is outside the range of its type`)
}
