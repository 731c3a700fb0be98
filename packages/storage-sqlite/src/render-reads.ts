import type { CheckedFind, DeclaredTable } from '@payment-node/core/storage-checks'
import { quote } from './statements.ts'

/** The columns in declared order, then the revision. */
function selectFrom(table: DeclaredTable): string {
  const columns = [...table.columns.keys(), 'revision'].map(quote).join(', ')
  return `SELECT ${columns} FROM ${quote(table.name)}`
}

export function renderGet(table: DeclaredTable): string {
  return `${selectFrom(table)} WHERE ${renderKey(table)}`
}

/** Binds the key's values. */
export function renderKey(table: DeclaredTable): string {
  return table.key.map((column) => `${quote(column)} = ?`).join(' AND ')
}

/**
 * SQLite plans with the value of a parameter that is the whole limit, so it compiles the statement
 * anew each time one is bound: ten times the cost of the read.
 */
export const boundLimit = 'LIMIT ? + 0'

/** Binds `equals`, then `upTo`, then `after`, then the limit. */
export function renderFind(query: CheckedFind): string {
  const { table, order, equals, upTo, after, isDescending } = query
  const behind = order.slice(equals.length).map(quote)
  const conditions = order.slice(0, equals.length).map((column) => `${quote(column)} = ?`)
  if (upTo !== undefined) conditions.push(`${behind[0]} ${isDescending ? '>=' : '<='} ?`)
  if (after && behind.length > 0) {
    const places = behind.map(() => '?').join(', ')
    conditions.push(`(${behind.join(', ')}) ${isDescending ? '<' : '>'} (${places})`)
  }
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const direction = isDescending ? ' DESC' : ''
  const sorted = behind.map((column) => `${column}${direction}`).join(', ')
  return `${selectFrom(table)}${where}${sorted && ` ORDER BY ${sorted}`} ${boundLimit}`
}
