import type { AnyTable, Column, Find, Key, RowOf } from '@payment-node/core'
import {
  type CheckedFind,
  checkFind,
  checkGet,
  type DeclaredTable,
  type DeclaredTables,
} from '@payment-node/core/storage-checks'
import { renderFind, renderGet } from './render-reads.ts'
import { bind, type Given, type Statements } from './statements.ts'

export function getRow<T extends AnyTable>(
  statements: Statements,
  tables: DeclaredTables,
  of: T,
  key: Key,
): RowOf<T> | undefined {
  const query = checkGet(tables, of, key)
  const given = statements.first(renderGet(query.table), query.key.map(bind))
  return given && readRow<T>(query.table, given)
}

export function findRows<T extends AnyTable>(
  statements: Statements,
  tables: DeclaredTables,
  of: T,
  wanted: Find,
): RowOf<T>[] {
  const query = checkFind(tables, of, wanted)
  // Nothing lies behind a row whose every column is fixed.
  if (query.after?.length === 0) return []
  return statements
    .all(renderFind(query), bindFind(query))
    .map((row) => readRow<T>(query.table, row))
}

function bindFind({ equals, upTo, after, limit }: CheckedFind): ReturnType<typeof bind>[] {
  return [...equals, ...(upTo === undefined ? [] : [upTo]), ...(after ?? []), limit].map(bind)
}

function readRow<T extends AnyTable>(table: DeclaredTable, given: readonly Given[]): RowOf<T> {
  const row: Record<string, unknown> = {}
  let at = 0
  for (const [name, column] of table.columns) row[name] = readCell(column, given[at++]!)
  row.revision = Number(given[at])
  return Object.freeze(row) as RowOf<T>
}

function readCell({ type }: Column, given: Given): unknown {
  if (given === null) return null
  switch (type) {
    case 'integer':
    case 'time':
      return Number(given)
    case 'boolean':
      return given === 1n
    case 'json':
      return JSON.parse(given as string)
    default:
      return given
  }
}
