import { existsSync } from 'node:fs'
import { PaymentNodeError, type Schema } from '@payment-node/core'
import { declareTables } from '@payment-node/core/storage-checks'
import { engineFailure } from './engine-failure.ts'
import { readVersion } from './migrate-file.ts'
import type { OpenBooks } from './open-books.ts'
import { checkOurs, openReader, realPath } from './open-file.ts'
import { snapshotReaders } from './snapshot-readers.ts'
import { statementsOf } from './statements.ts'

/** A look at the file beside whoever has it open: no lock, no migration, and no file where there is none. */
export function openToRead(
  path: string,
  schema: Schema,
): { readonly version: number; readonly books: OpenBooks | undefined } {
  const file = realPath(path)
  if (!existsSync(file)) return { version: 0, books: undefined }
  const database = openReader(file)
  try {
    checkOurs(file, database)
    const statements = statementsOf(database)
    const version = readVersion(statements, schema)
    if (version < schema.version) {
      database.close()
      return { version, books: undefined }
    }
    const readers = snapshotReaders(file)
    const books: OpenBooks = {
      tables: declareTables(schema),
      statements,
      readers,
      group: { run: () => Promise.reject(onlyRead(file)), flush: () => undefined },
      close() {
        readers.close()
        database.close()
      },
    }
    return { version, books }
  } catch (error) {
    database.close()
    throw engineFailure(file, error, 'none')
  }
}

function onlyRead(file: string): PaymentNodeError<'storage.unavailable'> {
  return new PaymentNodeError(
    'storage.unavailable',
    `${file} was opened to be read only.`,
    { outcome: 'none' },
    { isRetryable: false },
  )
}
