import type { Cursor, StoredEvent } from '@payment-node/core'
import { boundLimit } from './render-reads.ts'
import { bind, type Given, type Statements } from './statements.ts'

export function readEvents(statements: Statements, cursor: Cursor, limit: number): StoredEvent[] {
  const rows = statements.all(
    `SELECT cursor, id, type, version, node, subject, occurred_at, body FROM storage_events WHERE cursor > ? ORDER BY cursor ${boundLimit}`,
    [cursor, limit].map(bind),
  )
  return rows.map(readEvent)
}

export function readLastEvent(statements: Statements): Cursor {
  return statements.first('SELECT coalesce(max(cursor), 0) FROM storage_events')![0] as Cursor
}

function readEvent(row: readonly Given[]): StoredEvent {
  const [cursor, id, type, version, node, subject, occurredAt, body] = row as [
    bigint,
    string,
    string,
    bigint,
    string,
    string,
    bigint,
    string,
  ]
  return Object.freeze({
    cursor,
    id,
    type,
    version: Number(version),
    node,
    subject,
    occurredAt: Number(occurredAt),
    body,
  })
}
