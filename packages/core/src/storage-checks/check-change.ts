import type { Change, NewEvent, Write } from '../ports/storage.ts'
import {
  type Cell,
  checkInteger,
  checkKey,
  checkText,
  checkValue,
  largestInteger,
  smallestInteger,
} from './check-value.ts'
import { type DeclaredTable, type DeclaredTables, tableOf } from './declare-table.ts'
import { invalidChange } from './invalid-change.ts'

interface OnRow {
  /** Position in the change. */
  readonly write: number
  readonly table: DeclaredTable
  readonly key: readonly Cell[]
}
/** A new row with every column. */
export interface CheckedInsert extends OnRow {
  readonly cells: Readonly<Record<string, Cell>>
}
/** Columns to change in a row that must still have the revision. */
export interface CheckedUpdate extends OnRow {
  readonly revision: number
  readonly cells: Readonly<Record<string, Cell>>
}
/** A delete or a required row. */
export interface CheckedRevision extends OnRow {
  readonly revision: number
}
/** An addition with its bounds. */
export interface CheckedAdd extends OnRow {
  readonly column: string
  readonly by: bigint
  /** The column's value must lie in [from, to] before the addition; nothing does when from > to. */
  readonly from: bigint
  readonly to: bigint
}

/**
 * A change in the order in which every engine applies it and reports what does not hold. Deletes and
 * updates come before inserts, so that a unique value can move within a change. Inserts, updates and
 * deletes come before required rows and bounds, so that a repeated change is answered `duplicate`
 * or `stale`, also when the first application used up the bound.
 */
export interface CheckedChange {
  readonly fence: Change['fence']
  readonly deletes: readonly CheckedRevision[]
  readonly updates: readonly CheckedUpdate[]
  readonly inserts: readonly CheckedInsert[]
  readonly requires: readonly CheckedRevision[]
  readonly adds: readonly CheckedAdd[]
  readonly events: readonly NewEvent[]
}

/** Copies everything out of the change, which stays the caller's, and refuses what was built wrongly. */
export function checkChange(tables: DeclaredTables, change: Change): CheckedChange {
  const deletes: CheckedRevision[] = []
  const updates: CheckedUpdate[] = []
  const inserts: CheckedInsert[] = []
  const requires: CheckedRevision[] = []
  const adds: CheckedAdd[] = []
  const rows = new Set<string>()
  for (const [position, write] of change.writes.entries()) {
    const table = tableOf(tables, write.table)
    const key = checkKey(table, table.key, keyOfWrite(table, write))
    const row = JSON.stringify([table.name, ...key.map(String)])
    if (rows.has(row)) {
      throw invalidChange('row-twice', `${table.name}: two writes on the row ${key.join(', ')}`)
    }
    rows.add(row)
    const on = { write: position, table, key }
    if (write.op === 'insert') inserts.push({ ...on, cells: checkRow(table, write.row) })
    else if (write.op === 'add') adds.push({ ...on, ...checkAdd(table, write) })
    else {
      const revision = checkInteger(`${table.name}.revision`, write.revision)
      if (write.op === 'update')
        updates.push({ ...on, revision, cells: checkSet(table, write.set) })
      else if (write.op === 'delete') deletes.push({ ...on, revision })
      else requires.push({ ...on, revision })
    }
  }
  if (deletes.length + updates.length + inserts.length === 0) {
    throw invalidChange('not-repeatable', 'a change needs an insert, an update or a delete')
  }
  const events = (change.events ?? []).map(checkEvent)
  const fence = change.fence && {
    lease: checkText('fence.lease', change.fence.lease),
    epoch: checkInteger('fence.epoch', change.fence.epoch),
  }
  return { fence, deletes, updates, inserts, requires, adds, events }
}

function keyOfWrite(table: DeclaredTable, write: Write): readonly (string | number | bigint)[] {
  switch (write.op) {
    case 'insert':
      return table.key.map((column) => write.row[column] as string)
    case 'update':
    case 'delete':
    case 'add':
    case 'require':
      return write.key
    default:
      throw invalidChange('unknown-write', `${JSON.stringify((write as Write).op)} is no write`)
  }
}

function checkRow(
  table: DeclaredTable,
  row: Readonly<Record<string, unknown>>,
): CheckedInsert['cells'] {
  for (const name of table.columns.keys()) {
    if (!Object.hasOwn(row, name)) {
      throw invalidChange('missing-column', `${table.name}.${name} has no value`)
    }
  }
  return checkCells(table, row)
}

function checkSet(
  table: DeclaredTable,
  set: Readonly<Record<string, unknown>>,
): CheckedInsert['cells'] {
  const inKey = Object.keys(set).find((name) => table.key.includes(name))
  if (inKey) throw invalidChange('key-changed', `${table.name}.${inKey} is a part of the key`)
  return checkCells(table, set)
}

function checkCells(
  table: DeclaredTable,
  values: Readonly<Record<string, unknown>>,
): CheckedInsert['cells'] {
  const cells: Record<string, Cell> = {}
  for (const [name, value] of Object.entries(values)) cells[name] = checkValue(table, name, value)
  return cells
}

function checkAdd(
  table: DeclaredTable,
  write: Write & { op: 'add' },
): Pick<CheckedAdd, 'column' | 'by' | 'from' | 'to'> {
  const { column, by, min, max } = write
  const where = `${table.name}.${column}`
  const type = table.columns.get(column)?.type
  if (!type) throw invalidChange('unknown-column', `${where} is not a column`)
  const isUnique = [table.key, ...table.unique.values()].some((named) => named.includes(column))
  if (isUnique || (type !== 'msat' && type !== 'integer')) {
    throw invalidChange('not-addable', `${where} cannot be added to`)
  }
  for (const part of [by, min ?? 0n, max ?? 0n]) {
    if (typeof part !== 'bigint') throw invalidChange('wrong-type', `${where}: add takes bigints`)
  }
  const limit = type === 'msat' ? largestInteger : BigInt(Number.MAX_SAFE_INTEGER)
  const lowest = type === 'msat' ? smallestInteger : -limit
  if (by < lowest || by > limit) throw invalidChange('out-of-range', `${where}: adds too much`)
  const from = larger(lowest, larger(min ?? lowest, lowest) - by)
  const to = smaller(limit, smaller(max ?? limit, limit) - by)
  return { column, by, from, to }
}

function checkEvent(event: NewEvent): NewEvent {
  return {
    id: checkText('event.id', event.id),
    type: checkText('event.type', event.type),
    version: checkInteger('event.version', event.version),
    node: checkText('event.node', event.node),
    subject: checkText('event.subject', event.subject),
    occurredAt: checkInteger('event.occurredAt', event.occurredAt),
    body: checkText('event.body', event.body),
  }
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other)
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other)
