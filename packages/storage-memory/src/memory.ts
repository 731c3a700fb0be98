import type { Change, Committed, Logger, Refused, Storage } from '@payment-node/core'
import {
  checkChange,
  checkClaim,
  checkCursor,
  checkLease,
  invalidChange,
} from '@payment-node/core/storage-checks'
import { applyChange } from './apply-change.ts'
import { claimJobs } from './claim-jobs.ts'
import { type Books, type MemoryData, memoryData } from './memory-data.ts'
import { migrateBooks } from './migrate-books.ts'
import { readerOver } from './read-rows.ts'
import { gone, inUse, type Session, stillAlive } from './session.ts'
import { freeLeases, takeLease } from './take-lease.ts'

/** Where a simulator steps in. Both may wait, and may throw: the commit then rejects with that error. */
export interface CommitHooks {
  /** Nothing is written yet; throwing means that nothing ever is. */
  beforeCommit?(change: Change): unknown
  /** The change is written (or refused); throwing loses the reply. */
  afterCommit?(change: Change, result: Committed | Refused): unknown
}

/** What {@link memory} takes; everything has a default. */
export interface MemoryOptions {
  /** Books that outlive this storage; without them it starts empty and ends with the object. */
  readonly data?: MemoryData
  /**
   * Default true: the books can be open once at a time, as a file with a lock. False: several
   * storages have them open at once, as several processes have one database server.
   */
  readonly exclusive?: boolean
  readonly hooks?: CommitHooks
}

/** A storage that can also die, for crash tests. */
export interface MemoryStorage extends Storage {
  /**
   * Ends this storage as a crash ends a process: calls in flight and all later ones reject, a commit
   * that was not applied yet never is, and the books can be opened again.
   */
  kill(): void
}

/**
 * Keeps the books in memory. Time and chance come from outside: no timers, only promises, so that a
 * run with the same clock and the same calls takes the same course.
 */
export function memory(options: MemoryOptions = {}): MemoryStorage {
  const books = (options.data ?? memoryData()) as Books
  const isExclusive = options.exclusive ?? true
  const hooks = options.hooks ?? {}
  const wakes = new Set<{ readonly wake: () => void }>()
  let session: Session | undefined
  let closing: Session | undefined
  let isKilled = false

  const current = (): Session => {
    if (!session) throw gone('none')
    return session
  }

  async function commit(
    change: Change,
    { isAlive, tables }: Session,
  ): Promise<Committed | Refused> {
    const checked = checkChange(tables, change)
    await hooks.beforeCommit?.(change)
    if (!isAlive()) throw gone('none')
    const result = applyChange(books, checked)
    if (result.committed) void Promise.resolve().then(() => wakeEverybody(books))
    await hooks.afterCommit?.(change, result)
    if (!isAlive()) throw gone('unknown')
    return result
  }

  const release = (ended: Session): void => {
    books.sessions.delete(ended)
    if (books.owner === ended) books.owner = undefined
    if (closing === ended) closing = undefined
  }

  return {
    contractVersion: 1,
    name: 'memory',
    isExclusive,

    async open(schema, { clock, logger }) {
      if (isKilled) throw gone('none')
      if (session || books.owner || (isExclusive && books.sessions.size > 0)) throw inUse()
      const tables = migrateBooks(books, schema)
      let isAlive = true
      session = {
        tables,
        clock,
        wake: () => wakeAll(wakes, logger),
        commits: new Set(),
        isAlive: () => isAlive,
        die: () => {
          isAlive = false
        },
      }
      books.sessions.add(session)
      if (!isExclusive) return
      books.owner = session
      freeLeases(books)
    },
    async close() {
      closing ??= session
      session = undefined
      if (!closing) return
      const ending = closing
      await Promise.allSettled(ending.commits)
      release(ending)
    },
    kill() {
      isKilled = true
      const ending = session ?? closing
      session = undefined
      ending?.die()
      if (ending) release(ending)
    },

    get: async (table, key) => readerOver(books.tables, current()).get(table, key),
    find: async (table, query) => readerOver(books.tables, current()).find(table, query),
    async snapshot(work) {
      const reading = current()
      await stillAlive(reading)
      const forks = [...books.tables].map(([name, rows]) => [name, rows.fork()] as const)
      let isOver = false
      const reader = readerOver(new Map(forks), reading, () => {
        if (session !== reading) throw gone('none')
        if (isOver) throw invalidChange('snapshot-over', 'a snapshot ends with its work')
      })
      try {
        return await work(reader)
      } finally {
        isOver = true
      }
    },

    async commit(change) {
      const writing = current()
      const committing = commit(change, writing)
      writing.commits.add(committing)
      try {
        return await committing
      } finally {
        writing.commits.delete(committing)
      }
    },
    async claim(queue, { limit, leaseFor }) {
      const claiming = current()
      checkClaim(queue, { limit, leaseFor })
      await stillAlive(claiming)
      const now = claiming.clock.now()
      return claimJobs(books, claiming.tables, { queue, now, limit, leaseFor })
    },
    async lease(name, { holder, for: time }) {
      const leasing = current()
      checkLease(name, { holder, for: time })
      await stillAlive(leasing)
      return takeLease(books, { name, holder, now: leasing.clock.now(), for: time })
    },

    async events(cursor, limit) {
      const reading = current()
      checkCursor(cursor, limit)
      await stillAlive(reading)
      const start = Number(cursor)
      return books.events.slice(start, start + limit)
    },
    async lastEvent() {
      await stillAlive(current())
      return BigInt(books.events.length)
    },
    onWake(wake) {
      const listener = { wake }
      wakes.add(listener)
      return () => void wakes.delete(listener)
    },
  }
}

function wakeAll(wakes: ReadonlySet<{ readonly wake: () => void }>, logger?: Logger): void {
  for (const { wake } of [...wakes]) {
    try {
      wake()
    } catch (error) {
      logger?.error('a wake listener threw', { error: String(error) })
    }
  }
}

function wakeEverybody(books: Books): void {
  for (const { wake } of [...books.sessions]) wake()
}
