import type { Cursor, Find, Key } from '../ports/storage.ts'
import type { AnyTable } from '../tables/table.ts'
import { type Cell, checkKey, checkText, checkValue, largestInteger } from './check-value.ts'
import { type DeclaredTable, type DeclaredTables, tableOf } from './declare-table.ts'
import { invalidChange } from './invalid-change.ts'

/** A read by key. */
export interface CheckedGet {
  readonly table: DeclaredTable
  readonly key: readonly Cell[]
}

/** A page of an index, its columns and bounds resolved. */
export interface CheckedFind {
  readonly table: DeclaredTable
  readonly index: string
  /** The index's columns, then the key's columns that it does not name: no two rows are equal in all. */
  readonly order: readonly string[]
  /** Values of the first columns of `order`. */
  readonly equals: readonly Cell[]
  /** Inclusive bound of the column behind `equals`. */
  readonly upTo: Cell | undefined
  /** Values of all columns behind `equals`: the rows start after these. */
  readonly after: readonly Cell[] | undefined
  readonly isDescending: boolean
  readonly limit: number
}

/** Refuses a table or key that the schema does not have. */
export function checkGet(tables: DeclaredTables, table: AnyTable, key: Key): CheckedGet {
  const declared = tableOf(tables, table)
  return { table: declared, key: checkKey(declared, declared.key, key) }
}

/** Refuses an index, bound or limit that cannot be meant. */
export function checkFind(tables: DeclaredTables, of: AnyTable, query: Find): CheckedFind {
  const table = tableOf(tables, of)
  const order = table.orders.get(query.index)
  if (!order) throw invalidChange('unknown-index', `${table.name} has no index ${query.index}`)
  const fixed = query.equals.length
  const equals = checkKey(table, order.slice(0, fixed), query.equals)
  const next = order[fixed]
  let upTo: Cell | undefined
  if (query.upTo !== undefined) {
    if (!next) throw invalidChange('wrong-key', `${table.name}: equals leaves no column for upTo`)
    upTo = checkValue(table, next, query.upTo)
  }
  return {
    table,
    index: query.index,
    order,
    equals,
    upTo,
    after: query.after && checkKey(table, order.slice(fixed), query.after),
    isDescending: query.descending === true,
    limit: checkAmount('limit', query.limit),
  }
}

/** Refuses a claim without a queue, limit or lease. */
export function checkClaim(
  queue: string,
  options: { readonly limit: number; readonly leaseFor: number },
): void {
  checkText('queue', queue)
  checkAmount('limit', options.limit)
  checkAmount('leaseFor', options.leaseFor)
}

/** Refuses a lease without a name, holder or time. */
export function checkLease(
  name: string,
  options: { readonly holder: string; readonly for: number },
): void {
  checkText('lease', name)
  checkText('holder', options.holder)
  checkAmount('for', options.for)
}

/** Refuses a cursor or limit that cannot be meant. */
export function checkCursor(cursor: Cursor, limit: number): void {
  if (typeof cursor !== 'bigint' || cursor < 0n || cursor > largestInteger) {
    throw invalidChange('wrong-cursor', 'a cursor is a bigint, 0n before the first event')
  }
  checkAmount('limit', limit)
}

function checkAmount(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw invalidChange('out-of-range', `${what} must be a whole number, 0 or more`)
  }
  return value
}
