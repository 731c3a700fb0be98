import { setImmediate } from 'node:timers'
import {
  type AnyTable,
  type Find,
  type Key,
  PaymentNodeError,
  type Storage,
  type StorageEnvironment,
} from '@payment-node/core'
import { checkChange, checkClaim, checkCursor, checkLease } from '@payment-node/core/storage-checks'
import { applyChange } from './apply-change.ts'
import { claimJobs } from './claim-jobs.ts'
import { engineFailure } from './engine-failure.ts'
import type { Worked } from './group-commit.ts'
import { type OpenBooks, openBooks } from './open-books.ts'
import { checkFileOption } from './open-file.ts'
import { openToRead } from './open-to-read.ts'
import { readEvents, readLastEvent } from './read-events.ts'
import { findRows, getRow } from './read-rows.ts'
import type { Statements } from './statements.ts'
import { takeLease } from './take-lease.ts'

/** What {@link sqlite} takes. */
export interface SqliteOptions {
  /**
   * Path of the database file, on a local disk. It is created, for its owner alone, when it is
   * missing; its directory must exist. `<file>.lock` beside it keeps other processes out.
   */
  readonly file: string
}

/**
 * Keeps the books in one SQLite file of one process. Every commit is on disk when it resolves;
 * commits of one turn of the event loop share one fsync.
 */
export function sqlite(options: SqliteOptions): Storage {
  const file = checkFileOption(options.file)
  const wakes = new Set<{ readonly wake: () => void }>()
  let books: OpenBooks | undefined
  let environment: StorageEnvironment | undefined

  const current = (): OpenBooks => {
    if (!books) throw closed(file)
    return books
  }
  const now = (): number => environment!.clock.now()

  /** Reads at once and answers in a later turn, so that a loop of reads does not stop the event loop. */
  const read = <R>(work: (books: OpenBooks) => R): Promise<R> =>
    new Promise((resolve, reject) => {
      try {
        setImmediate(resolve, work(current()))
      } catch (error) {
        reject(engineFailure(file, error, 'none'))
      }
    })
  const write = async <R>(
    prepare: (books: OpenBooks) => (statements: Statements) => Worked<R>,
  ): Promise<R> => {
    const writing = current()
    const work = prepare(writing)
    return writing.group.run(() => work(writing.statements))
  }
  const wakeAll = (): void => {
    for (const { wake } of [...wakes]) {
      try {
        wake()
      } catch (error) {
        environment?.logger?.error('a wake listener threw', { error: String(error) })
      }
    }
  }

  return {
    contractVersion: 1,
    name: 'sqlite',
    isExclusive: true,

    async open(schema, given) {
      const opened = openBooks(file, schema, wakeAll)
      books = opened
      environment = given
    },
    async openToRead(schema, given) {
      if (books) throw inUse(file)
      const opened = openToRead(file, schema)
      books = opened.books
      environment = given
      return opened.version
    },
    async close() {
      const closing = books
      books = undefined
      closing?.close()
      // Lets the answers of the last commits arrive first.
      await new Promise((resolve) => setImmediate(resolve))
    },

    get: (table, key) => read(({ statements, tables }) => getRow(statements, tables, table, key)),
    find: (table, query) =>
      read(({ statements, tables }) => findRows(statements, tables, table, query)),
    async snapshot(work) {
      const reading = current()
      const { readers, tables } = reading
      return readers.lend((statements) => {
        const readOne = <R>(one: (statements: Statements) => R): Promise<R> =>
          read((books) => {
            if (books !== reading) throw closed(file)
            return one(statements())
          })
        return work({
          get: <T extends AnyTable>(table: T, key: Key) =>
            readOne((from) => getRow(from, tables, table, key)),
          find: <T extends AnyTable>(table: T, query: Find) =>
            readOne((from) => findRows(from, tables, table, query)),
        })
      })
    },

    commit: (change) =>
      write(({ tables }) => {
        const checked = checkChange(tables, change)
        return (statements) => {
          const answer = applyChange(statements, checked)
          return { answer, isKept: answer.committed }
        }
      }),
    claim: (queue, { limit, leaseFor }) =>
      write(({ tables }) => {
        checkClaim(queue, { limit, leaseFor })
        return (statements) => claimJobs(statements, tables, { queue, now: now(), limit, leaseFor })
      }),
    lease: (name, { holder, for: time }) =>
      write(() => {
        checkLease(name, { holder, for: time })
        return (statements) => takeLease(statements, { name, holder, now: now(), for: time })
      }),

    events: (cursor, limit) =>
      read(({ statements }) => {
        checkCursor(cursor, limit)
        return readEvents(statements, cursor, limit)
      }),
    lastEvent: () => read(({ statements }) => readLastEvent(statements)),
    onWake(wake) {
      const listener = { wake }
      wakes.add(listener)
      return () => void wakes.delete(listener)
    },
  }
}

function inUse(file: string): PaymentNodeError<'storage.in-use'> {
  return new PaymentNodeError('storage.in-use', `${file} is open already.`, { where: file })
}

function closed(file: string): PaymentNodeError<'storage.unavailable'> {
  return new PaymentNodeError(
    'storage.unavailable',
    `${file} is not open.`,
    { outcome: 'none' },
    { isRetryable: false },
  )
}
