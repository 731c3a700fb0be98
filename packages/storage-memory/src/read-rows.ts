import type { AnyTable, Column, Find, Key, RowOf, Storage } from '@payment-node/core'
import {
  type Cell,
  checkFind,
  checkGet,
  type DeclaredTable,
} from '@payment-node/core/storage-checks'
import { type Session, stillAlive } from './session.ts'
import type { KeptRow, TableRows } from './table-rows.ts'

/** `get` and `find` over one state of the tables. A read happens one turn after the call, and its answer arrives a turn later. */
export function readerOver(
  rows: ReadonlyMap<string, TableRows>,
  session: Session,
  checkOpen: () => void = () => undefined,
): Pick<Storage, 'get' | 'find'> {
  return {
    async get<T extends AnyTable>(of: T, key: Key) {
      checkOpen()
      const query = checkGet(session.tables, of, key)
      await stillAlive(session)
      const row = rows.get(query.table.name)!.get(query.key)
      return row && readRow<T>(query.table, row)
    },
    async find<T extends AnyTable>(of: T, wanted: Find) {
      checkOpen()
      const query = checkFind(session.tables, of, wanted)
      await stillAlive(session)
      const found = rows.get(query.table.name)!.find(query)
      return found.map((row) => readRow<T>(query.table, row))
    },
  }
}

/** A reader's own copy. */
export function readRow<T extends AnyTable>(table: DeclaredTable, row: KeptRow): RowOf<T> {
  const copy: Record<string, unknown> = {}
  for (const [name, column] of table.columns) copy[name] = readCell(column, row.cells[name] ?? null)
  copy.revision = row.revision
  return Object.freeze(copy) as RowOf<T>
}

function readCell(column: Column, cell: Cell): unknown {
  if (column.type === 'json' && cell !== null) return JSON.parse(cell as string)
  return cell instanceof Uint8Array ? Uint8Array.from(cell) : cell
}
