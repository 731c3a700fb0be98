import { PaymentNodeError, type Schema } from '@payment-node/core'
import {
  checkSteps,
  type DeclaredTables,
  declareTable,
  declareTables,
} from '@payment-node/core/storage-checks'
import type { Books } from './memory-data.ts'
import { tableRows } from './table-rows.ts'

/** Brings the books to the schema, unless a newer release has closed them to this one. */
export function migrateBooks(books: Books, schema: Schema): DeclaredTables {
  const declared = declareTables(schema)
  checkSteps(schema)
  const found = books.schema?.version ?? 0
  if (books.schema && books.schema.minimumReader > schema.version) {
    throw new PaymentNodeError(
      'storage.newer-schema',
      `The books have schema ${found}; this release knows ${schema.version}.`,
      { found, known: schema.version },
      { advice: 'Start the newer release.' },
    )
  }
  for (const step of schema.steps) {
    if (step.version <= found) continue
    if ('create' in step) books.tables.set(step.create.name, tableRows(declareTable(step.create)))
    if ('dropIndex' in step) books.tables.get(step.table)!.dropIndex(step.dropIndex)
  }
  // Also brings back what a newer release dropped and this one, which may still read, declares.
  for (const { name, orders } of declared.values()) {
    const rows = books.tables.get(name)!
    for (const [index, order] of orders) rows.ensureIndex(index, order)
  }
  if (schema.version > found) {
    books.schema = { version: schema.version, minimumReader: schema.minimumReader }
  }
  return declared
}
