import type { Committed, NewEvent, Refused } from '@payment-node/core'
import type { Cell, CheckedChange, DeclaredTable } from '@payment-node/core/storage-checks'
import type { Books } from './memory-data.ts'
import type { KeptRow, TableRows } from './table-rows.ts'

/** Applies the whole change or nothing, in one synchronous step. */
export function applyChange(books: Books, change: CheckedChange): Committed | Refused {
  const undo: (() => void)[] = []
  const refused = applyWrites(books, change, undo)
  if (refused) {
    for (const step of undo.reverse()) step()
    return refused
  }
  for (const event of change.events) appendEvent(books, event)
  return { committed: true }
}

function applyWrites(
  books: Books,
  change: CheckedChange,
  undo: (() => void)[],
): Refused | undefined {
  const { fence } = change
  if (fence && books.leases.get(fence.lease)?.epoch !== fence.epoch) return refuse(-1, 'fenced')
  const rowsOf = (table: DeclaredTable): TableRows => books.tables.get(table.name)!
  for (const { write, table, key, revision } of change.deletes) {
    const rows = rowsOf(table)
    const before = rows.get(key)
    if (before?.revision !== revision) return refuse(write, 'stale')
    rows.remove(before)
    undo.push(() => rows.put(before))
  }
  for (const { write, table, key, revision, cells } of change.updates) {
    const rows = rowsOf(table)
    const before = rows.get(key)
    if (before?.revision !== revision) return refuse(write, 'stale')
    const row = { cells: { ...before.cells, ...cells }, revision: revision + 1 }
    const uniqueKey = rows.duplicateOf(row, before)
    if (uniqueKey) return refuse(write, 'duplicate', uniqueKey)
    replace(rows, row, before, undo)
  }
  for (const { write, table, cells } of change.inserts) {
    const rows = rowsOf(table)
    const row = { cells, revision: 1 }
    const uniqueKey = rows.duplicateOf(row)
    if (uniqueKey) return refuse(write, 'duplicate', uniqueKey)
    rows.put(row)
    undo.push(() => rows.remove(row))
  }
  for (const { write, table, key, revision } of change.requires) {
    if (rowsOf(table).get(key)?.revision !== revision) return refuse(write, 'stale')
  }
  for (const { write, table, key, column, by, from, to } of change.adds) {
    const rows = rowsOf(table)
    const before = rows.get(key)
    const value = before?.cells[column]
    if (typeof value !== 'bigint' && typeof value !== 'number') return refuse(write, 'bound')
    const sum = BigInt(value)
    if (sum < from || sum > to) return refuse(write, 'bound')
    const added: Cell = typeof value === 'bigint' ? sum + by : Number(sum + by)
    replace(rows, { ...before!, cells: { ...before!.cells, [column]: added } }, before!, undo)
  }
  return undefined
}

function replace(rows: TableRows, row: KeptRow, before: KeptRow, undo: (() => void)[]): void {
  rows.put(row, before)
  undo.push(() => rows.put(before, row))
}

function refuse(write: number, reason: Refused['reason'], uniqueKey?: string): Refused {
  return uniqueKey === undefined
    ? { committed: false, write, reason }
    : { committed: false, write, reason, uniqueKey }
}

function appendEvent(books: Books, event: NewEvent): void {
  books.events.push(Object.freeze({ ...event, cursor: BigInt(books.events.length + 1) }))
}
