import type { Committed, NewEvent, Refused } from '@payment-node/core'
import type { CheckedChange, CheckedUpdate, DeclaredTable } from '@payment-node/core/storage-checks'
import { isUniqueViolation } from './engine-failure.ts'
import { duplicateOfInsert, duplicateOfUpdate } from './find-duplicate.ts'
import { renderKey } from './render-reads.ts'
import { bind, quote, type Statements } from './statements.ts'

/** Applies the change inside the open transaction; after a refusal the caller takes back what was written. */
export function applyChange(statements: Statements, change: CheckedChange): Committed | Refused {
  const { fence } = change
  if (fence) {
    const lease = statements.first('SELECT epoch FROM storage_leases WHERE name = ?', [fence.lease])
    if (lease?.[0] !== BigInt(fence.epoch)) return refuse(-1, 'fenced')
  }
  const refused = applyWrites(statements, change)
  if (refused) return refused
  for (const event of change.events) appendEvent(statements, event)
  return { committed: true }
}

function applyWrites(statements: Statements, change: CheckedChange): Refused | undefined {
  for (const { write, table, key, revision } of change.deletes) {
    const sql = `DELETE FROM ${quote(table.name)} WHERE ${renderKey(table)} AND revision = ?`
    if (!statements.run(sql, [...key, revision].map(bind))) return refuse(write, 'stale')
  }
  for (const update of change.updates) {
    const refused = applyUpdate(statements, update)
    if (refused) return refused
  }
  for (const { write, table, key, cells } of change.inserts) {
    const values = [...table.columns.keys()].map((column) => bind(cells[column]!))
    if (!statements.run(renderInsert(table), values)) {
      return refuse(write, 'duplicate', duplicateOfInsert(statements, table, key, cells))
    }
  }
  for (const { write, table, key, revision } of change.requires) {
    const sql = `SELECT 1 FROM ${quote(table.name)} WHERE ${renderKey(table)} AND revision = ?`
    if (!statements.first(sql, [...key, revision].map(bind))) return refuse(write, 'stale')
  }
  for (const { write, table, key, column, by, from, to } of change.adds) {
    const name = quote(column)
    const sql = `UPDATE ${quote(table.name)} SET ${name} = ${name} + ? WHERE ${renderKey(table)} AND ${name} BETWEEN ? AND ?`
    // Nothing lies between bounds that crossed, and SQLite could not take numbers beyond 64 bits.
    if (from > to || !statements.run(sql, [by, ...key, from, to].map(bind))) {
      return refuse(write, 'bound')
    }
  }
  return undefined
}

function applyUpdate(statements: Statements, update: CheckedUpdate): Refused | undefined {
  const { write, table, key, revision, cells } = update
  const set = Object.keys(cells).map((column) => `${quote(column)} = ?`)
  const sql = `UPDATE ${quote(table.name)} SET ${[...set, 'revision = revision + 1'].join(', ')} WHERE ${renderKey(table)} AND revision = ?`
  try {
    const written = statements.run(sql, [...Object.values(cells), ...key, revision].map(bind))
    return written ? undefined : refuse(write, 'stale')
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    return refuse(write, 'duplicate', duplicateOfUpdate(statements, table, key, cells))
  }
}

function renderInsert(table: DeclaredTable): string {
  const columns = [...table.columns.keys()].map(quote).join(', ')
  const places = [...table.columns].map(() => '?').join(', ')
  return `INSERT INTO ${quote(table.name)} (${columns}, revision) VALUES (${places}, 1) ON CONFLICT DO NOTHING`
}

function appendEvent(statements: Statements, event: NewEvent): void {
  const { id, type, version, node, subject, occurredAt, body } = event
  statements.run(
    'INSERT INTO storage_events (id, type, version, node, subject, occurred_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [id, type, version, node, subject, occurredAt, body].map(bind),
  )
}

function refuse(write: number, reason: Refused['reason'], uniqueKey?: string): Refused {
  return uniqueKey === undefined
    ? { committed: false, write, reason }
    : { committed: false, write, reason, uniqueKey }
}
