import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PaymentNodeError } from '@payment-node/core'
import { isNotADatabase } from './engine-failure.ts'
import { createPrivately } from './private-file.ts'

/** Marks the file as ours in its header: the letters PNDB. */
export const applicationId = 0x504e4442

export function checkFileOption(file: unknown): string {
  if (typeof file !== 'string' || file === '') {
    throw wrongFile('missing', 'file must be the path of the database file.')
  }
  if (file === ':memory:' || file.startsWith('file:')) {
    throw wrongFile(
      'not-a-path',
      `file must be a path, not ${file}.`,
      'For books that end with the process use memory() of @payment-node/storage-memory.',
    )
  }
  return file
}

/** One name for the file whichever way it is written, so that two of them meet at one lock. */
export function realPath(file: string): string {
  const path = resolve(file)
  if (existsSync(path)) return realpathSync(path)
  const directory = dirname(path)
  if (!existsSync(directory)) {
    throw wrongFile(
      'no-directory',
      `the directory ${directory} does not exist.`,
      'Create it first.',
    )
  }
  return join(realpathSync(directory), basename(path))
}

/** The connection that writes. The caller holds the lock. */
export function openWriter(file: string): DatabaseSync {
  createPrivately(file)
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 250')
    checkOurs(file, database)
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()
    if (mode?.journal_mode !== 'wal') {
      throw wrongFile('no-wal', `${file} cannot use a write-ahead log there.`, 'Use a local disk.')
    }
    // FULL: each commit is on disk before it is answered. fullfsync: macOS keeps it in the drive else.
    database.exec('PRAGMA synchronous = FULL')
    database.exec('PRAGMA fullfsync = ON')
    database.exec('PRAGMA trusted_schema = OFF')
    // What a savepoint keeps to undo one change stays in memory; as a file it doubled the cost of a commit.
    database.exec('PRAGMA temp_store = MEMORY')
    database.exec('PRAGMA journal_size_limit = 67108864')
    // A settlement writes some 25 pages all over its indexes. With SQLite's own 2 MB and 1000 pages a
    // full group did not fit into memory, and every fortieth commit waited for the log to be written back.
    database.exec('PRAGMA cache_size = -16000')
    database.exec('PRAGMA wal_autocheckpoint = 4000')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A connection for one reader at a time; it sees one state of the books for as long as it reads. */
export function openReader(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true })
  database.exec('PRAGMA busy_timeout = 250')
  return database
}

export function checkOurs(file: string, database: DatabaseSync): void {
  try {
    const id = database.prepare('PRAGMA application_id').get()?.application_id
    const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables
    if (id === applicationId || (id === 0 && tables === 0)) return
  } catch (error) {
    if (!isNotADatabase(error)) throw error
  }
  throw wrongFile('foreign', `${file} is not a file of payment-node.`, 'Give a new path.')
}

function wrongFile(reason: string, says: string, advice = ''): PaymentNodeError<'options.invalid'> {
  return new PaymentNodeError(
    'options.invalid',
    `sqlite: ${says}`,
    { field: 'file', reason },
    { advice },
  )
}
