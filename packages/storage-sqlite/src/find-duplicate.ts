import type { Cell, DeclaredTable } from '@payment-node/core/storage-checks'
import { renderKey } from './render-reads.ts'
import { bind, quote, type Statements } from './statements.ts'

type Cells = Readonly<Record<string, Cell>>

/** Which unique key kept a row from being inserted; its own key first, then in declared order. */
export function duplicateOfInsert(
  statements: Statements,
  table: DeclaredTable,
  key: readonly Cell[],
  cells: Cells,
): string {
  const from = `SELECT 1 FROM ${quote(table.name)} WHERE`
  if (statements.first(`${from} ${renderKey(table)}`, key.map(bind))) return 'key'
  for (const [name, columns] of table.unique) {
    const same = columns.map((column) => `${quote(column)} = ?`).join(' AND ')
    if (
      statements.first(
        `${from} ${same}`,
        columns.map((column) => bind(cells[column]!)),
      )
    )
      return name
  }
  throw new Error(`${table.name}: SQLite refused a row that no declared key refuses`)
}

/** Which unique key kept a row from being updated. Values that the update does not set stay as they are. */
export function duplicateOfUpdate(
  statements: Statements,
  table: DeclaredTable,
  key: readonly Cell[],
  cells: Cells,
): string {
  const name = quote(table.name)
  const ownKey = table.key.map((column) => `own.${quote(column)} = ?`).join(' AND ')
  for (const [unique, columns] of table.unique) {
    const set = columns.filter((column) => column in cells)
    const same = columns
      .map((column) => `other.${quote(column)} = ${column in cells ? '?' : `own.${quote(column)}`}`)
      .join(' AND ')
    const found = statements.first(
      `SELECT 1 FROM ${name} AS own JOIN ${name} AS other ON other.rowid <> own.rowid WHERE ${ownKey} AND ${same}`,
      [...key, ...set.map((column) => cells[column]!)].map(bind),
    )
    if (found) return unique
  }
  throw new Error(`${table.name}: SQLite refused an update that no declared key refuses`)
}
