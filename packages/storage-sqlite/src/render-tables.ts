import type { Column } from '@payment-node/core'
import type { DeclaredTable } from '@payment-node/core/storage-checks'
import { quote } from './statements.ts'

const types = {
  text: 'TEXT',
  msat: 'INTEGER',
  integer: 'INTEGER',
  time: 'INTEGER',
  boolean: 'INTEGER',
  json: 'TEXT',
  bytes: 'BLOB',
} as const

/** The statements that make a declared table with its indexes. STRICT: without it an overflow becomes a float. */
export function renderTable(table: DeclaredTable): string[] {
  const columns = [...table.columns].map(([name, column]) => renderColumn(name, column))
  const key = table.key.map(quote).join(', ')
  return [
    `CREATE TABLE ${quote(table.name)} (${[
      ...columns,
      'revision INTEGER NOT NULL',
      `PRIMARY KEY (${key})`,
    ].join(', ')}) STRICT`,
    ...[...table.orders.keys()].flatMap((index) =>
      index === 'key' ? [] : [renderIndex(table, index)],
    ),
  ]
}

export function renderColumn(name: string, column: Column): string {
  const parts = [quote(name), types[column.type]]
  if (!column.nullable) parts.push('NOT NULL')
  if (column.type === 'boolean') parts.push(`CHECK (${quote(name)} IN (0, 1))`)
  return parts.join(' ')
}

/** An index holds the key's columns as well, so that its order is complete without sorting. */
export function renderIndex(table: DeclaredTable, index: string): string {
  const unique = table.unique.get(index)
  const columns = (unique ?? table.orders.get(index)!).map(quote).join(', ')
  const kind = unique ? 'UNIQUE INDEX' : 'INDEX'
  return `CREATE ${kind} ${indexName(table.name, index)} ON ${quote(table.name)} (${columns})`
}

export function indexName(table: string, index: string): string {
  return quote(`${table}__${index}`)
}
