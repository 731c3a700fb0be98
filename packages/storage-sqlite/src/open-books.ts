import type { Schema } from '@payment-node/core'
import type { DeclaredTables } from '@payment-node/core/storage-checks'
import { engineFailure } from './engine-failure.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import { holdLock } from './lock-file.ts'
import { migrateFile } from './migrate-file.ts'
import { openWriter, realPath } from './open-file.ts'
import { type SnapshotReaders, snapshotReaders } from './snapshot-readers.ts'
import { type Statements, statementsOf } from './statements.ts'

/** One time of the file being open. */
export interface OpenBooks {
  readonly tables: DeclaredTables
  /** Of the one connection that writes; outside of a group's transaction it reads the latest commit. */
  readonly statements: Statements
  readonly group: GroupCommit
  readonly readers: SnapshotReaders
  /** Commits what is waiting, closes every connection, then lets the lock go. */
  close(): void
}

/** Takes the lock, opens and migrates; leaves nothing open when any of it fails. */
export function openBooks(path: string, schema: Schema, onCommitted: () => void): OpenBooks {
  const undo: (() => void)[] = []
  const close = (): void => {
    for (;;) {
      const step = undo.pop()
      if (!step) return
      try {
        step()
      } finally {
        close()
      }
    }
  }
  const file = realPath(path)
  try {
    const lock = holdLock(file)
    undo.push(() => lock.release())
    const database = openWriter(file)
    undo.push(() => database.close())
    const statements = statementsOf(database)
    const tables = migrateFile(database, statements, schema)
    const readers = snapshotReaders(file)
    undo.push(() => readers.close())
    const group = groupCommit({
      file,
      database,
      statements,
      checkLock: lock.check,
      onCommitted,
    })
    undo.push(() => group.flush())
    return { tables, statements, group, readers, close }
  } catch (error) {
    close()
    throw engineFailure(file, error, 'none')
  }
}
