import type { DatabaseSync } from 'node:sqlite'
import { invalidChange } from '@payment-node/core/storage-checks'
import { engineFailure } from './engine-failure.ts'
import { openReader } from './open-file.ts'
import { type Statements, statementsOf } from './statements.ts'

interface Reader {
  readonly database: DatabaseSync
  readonly statements: Statements
}

/** Connections of their own for snapshots: the write-ahead log lets them read while others commit. */
export interface SnapshotReaders {
  /**
   * Lends a connection whose view of the books stands still until the work ends. The work asks for
   * the statements at each read, and is refused them once it has ended.
   */
  lend<R>(work: (statements: () => Statements) => Promise<R>): Promise<R>
  close(): void
}

const mostIdle = 4

export function snapshotReaders(file: string): SnapshotReaders {
  const idle: Reader[] = []
  const busy = new Set<Reader>()

  const open = (): Reader => {
    const database = openReader(file)
    return { database, statements: statementsOf(database) }
  }
  const begin = (): Reader => {
    try {
      const reader = idle.pop() ?? open()
      busy.add(reader)
      reader.statements.run('BEGIN')
      // The first read fixes the moment.
      reader.statements.first('SELECT version FROM storage_schema')
      return reader
    } catch (error) {
      throw engineFailure(file, error, 'none')
    }
  }
  const giveBack = (reader: Reader): void => {
    // Closed already when the storage was closed under a running snapshot.
    if (!busy.delete(reader)) return
    if (reader.database.isTransaction) reader.statements.run('COMMIT')
    if (idle.length < mostIdle) idle.push(reader)
    else reader.database.close()
  }

  return {
    async lend(work) {
      const reader = begin()
      let isOver = false
      try {
        return await work(() => {
          if (isOver) throw invalidChange('snapshot-over', 'a snapshot ends with its work')
          return reader.statements
        })
      } finally {
        isOver = true
        giveBack(reader)
      }
    },
    close() {
      for (const { database } of [...idle, ...busy]) database.close()
      idle.length = 0
      busy.clear()
    },
  }
}
