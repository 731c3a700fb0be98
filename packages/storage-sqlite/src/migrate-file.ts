import type { DatabaseSync } from 'node:sqlite'
import { PaymentNodeError, type Schema, type SchemaStep } from '@payment-node/core'
import {
  checkSteps,
  type DeclaredTables,
  declareTable,
  declareTables,
} from '@payment-node/core/storage-checks'
import { applicationId } from './open-file.ts'
import { indexName, renderColumn, renderIndex, renderTable } from './render-tables.ts'
import { bind, quote, type Statements } from './statements.ts'

/** Layout of the tables below, which the adapter keeps for itself. */
const layout = 1

const ownTables = [
  `CREATE TABLE storage_schema (version INTEGER NOT NULL, minimum_reader INTEGER NOT NULL, lost_commits INTEGER NOT NULL DEFAULT 0) STRICT`,
  `CREATE TABLE storage_steps (number INTEGER PRIMARY KEY, version INTEGER NOT NULL, step TEXT NOT NULL) STRICT`,
  `CREATE TABLE storage_leases (name TEXT NOT NULL PRIMARY KEY, holder TEXT, epoch INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT`,
  // AUTOINCREMENT: a cursor is never given twice.
  `CREATE TABLE storage_events (cursor INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, type TEXT NOT NULL, version INTEGER NOT NULL, node TEXT NOT NULL, subject TEXT NOT NULL, occurred_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
  `INSERT INTO storage_schema (version, minimum_reader) VALUES (0, 0)`,
  `PRAGMA application_id = ${applicationId}`,
  `PRAGMA user_version = ${layout}`,
]

/** Brings the file to the schema in one transaction, unless a newer release has closed it to this one. */
export function migrateFile(
  database: DatabaseSync,
  statements: Statements,
  schema: Schema,
): DeclaredTables {
  const declared = declareTables(schema)
  checkSteps(schema)
  database.exec('BEGIN IMMEDIATE')
  try {
    migrate(database, statements, schema, declared)
    // The lock was free, so whoever held a lease is gone; the epochs stay.
    statements.run('UPDATE storage_leases SET holder = NULL WHERE holder IS NOT NULL')
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  return declared
}

function migrate(
  database: DatabaseSync,
  statements: Statements,
  schema: Schema,
  declared: DeclaredTables,
): void {
  if (readLayout(statements) === 0) for (const sql of ownTables) database.exec(sql)
  const version = readVersion(statements, schema)
  for (const step of schema.steps) {
    if (step.version <= version) continue
    for (const sql of renderStep(step, declared)) database.exec(sql)
    statements.run('INSERT INTO storage_steps (version, step) VALUES (?, ?)', [
      BigInt(step.version),
      JSON.stringify(step),
    ])
  }
  if (schema.version <= version) return
  const row = [schema.version, schema.minimumReader].map(bind)
  statements.run('UPDATE storage_schema SET version = ?, minimum_reader = ?', row)
}

/** The version of the stored tables, 0 when there are none. Throws when a newer release has closed them to this one. */
export function readVersion(statements: Statements, schema: Schema): number {
  const found = readLayout(statements)
  if (found === 0) return 0
  if (found > layout) throw newerSchema(found, layout)
  const [version, minimumReader] = statements
    .first('SELECT version, minimum_reader FROM storage_schema')!
    .map(Number)
  if (minimumReader! > schema.version) throw newerSchema(version!, schema.version)
  return version!
}

function readLayout(statements: Statements): number {
  return Number(statements.first('PRAGMA user_version')![0])
}

function renderStep(step: SchemaStep, declared: DeclaredTables): string[] {
  if ('create' in step) return renderTable(declareTable(step.create))
  if ('backfill' in step) return []
  const table = declared.get(step.table)!
  if ('addColumn' in step) {
    const column = renderColumn(step.addColumn, table.columns.get(step.addColumn)!)
    return [`ALTER TABLE ${quote(table.name)} ADD COLUMN ${column}`]
  }
  if ('dropIndex' in step) return [`DROP INDEX IF EXISTS ${indexName(table.name, step.dropIndex)}`]
  // An index that a later step drops again has no declaration any more.
  return table.orders.has(step.addIndex) ? [renderIndex(table, step.addIndex)] : []
}

function newerSchema(found: number, known: number): PaymentNodeError<'storage.newer-schema'> {
  return new PaymentNodeError(
    'storage.newer-schema',
    `The file has schema ${found}; this release knows ${known}.`,
    { found, known },
    { advice: 'Start the newer release.' },
  )
}
