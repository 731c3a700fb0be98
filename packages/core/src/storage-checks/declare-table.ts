import type { Schema } from '../ports/storage.ts'
import type { AnyTable, Column } from '../tables/table.ts'
import { invalidChange, invalidSchema } from './invalid-change.ts'

/** A declared table, checked, in the form that reading and writing need. */
export interface DeclaredTable {
  readonly name: string
  readonly columns: ReadonlyMap<string, Column>
  readonly key: readonly string[]
  readonly unique: ReadonlyMap<string, readonly string[]>
  /** `'key'`, every unique key and every index: its columns, then the key's columns that it does not name. */
  readonly orders: ReadonlyMap<string, readonly string[]>
}

/** The tables of an opened schema by name. */
export type DeclaredTables = ReadonlyMap<string, DeclaredTable>

// No doubled underscore, so that `table__index` can be no other table's name.
const plainName = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/

/** All tables of a schema; throws `options.invalid` when one is declared wrongly. */
export function declareTables(schema: Schema): DeclaredTables {
  const declared = new Map<string, DeclaredTable>()
  for (const table of schema.tables) {
    if (declared.has(table.name)) {
      throw invalidSchema('table-twice', `table ${table.name} is declared twice`)
    }
    declared.set(table.name, declareTable(table))
  }
  return declared
}

/** One table; throws `options.invalid` when it is declared wrongly. */
export function declareTable(table: AnyTable): DeclaredTable {
  checkName(table.name, 'a table')
  if (table.name.startsWith('storage_')) {
    throw invalidSchema('reserved-name', `table ${table.name}: storage_ is kept for the storage`)
  }
  const columns = new Map<string, Column>(Object.entries(table.columns))
  for (const name of columns.keys()) {
    checkName(name, `a column of ${table.name}`)
    if (name === 'revision') {
      throw invalidSchema('reserved-name', `${table.name}.revision is kept by the storage`)
    }
  }
  const unique = new Map(Object.entries(table.unique ?? {}))
  const index = new Map(Object.entries(table.index ?? {}))
  const orders = new Map<string, readonly string[]>([['key', table.key]])
  for (const [name, named] of [...unique, ...index]) {
    checkName(name, `an index of ${table.name}`)
    if (orders.has(name)) {
      throw invalidSchema('index-twice', `${table.name} has two indexes called ${name}`)
    }
    orders.set(name, [...named, ...table.key.filter((column) => !named.includes(column))])
  }
  for (const [name, named] of orders) checkOrder(table.name, columns, name, named)
  return { name: table.name, columns, key: table.key, unique, orders }
}

/** The schema's own declaration of a table that a caller handed in. */
export function tableOf(tables: DeclaredTables, table: AnyTable): DeclaredTable {
  const found = tables.get(table.name)
  if (!found) throw invalidChange('unknown-table', `${table.name} is not a table of the schema`)
  return found
}

function checkName(name: string, what: string): void {
  if (!plainName.test(name)) {
    throw invalidSchema('name', `${what} is called ${JSON.stringify(name)}: only a-z, 0-9 and _`)
  }
}

function checkOrder(
  table: string,
  columns: ReadonlyMap<string, Column>,
  name: string,
  named: readonly string[],
): void {
  if (named.length === 0) throw invalidSchema('index', `${table}: ${name} names no column`)
  for (const column of named) {
    const declared = columns.get(column)
    if (!declared) throw invalidSchema('index', `${table}: ${name} names no column ${column}`)
    if (declared.nullable || ['boolean', 'json', 'bytes'].includes(declared.type)) {
      throw invalidSchema(
        'index',
        `${table}: ${name} cannot hold ${column}: indexed columns are text or numbers, never null`,
      )
    }
  }
  if (new Set(named).size < named.length) {
    throw invalidSchema('index', `${table}: ${name} names a column twice`)
  }
}
