import type { AnyTable, RowOf } from '../tables/table.ts'
import type { Clock } from './clock.ts'
import type { Logger } from './logger.ts'

/**
 * Where the books live. Core declares its tables as data (`core/src/tables`); an adapter renders
 * them and implements these members. There is no open transaction: core READS, DECIDES (pure),
 * then hands ONE {@link Change} over, so nothing can be awaited, forgotten or paused in between.
 */
export interface Storage {
  readonly contractVersion: 1
  /** For people: `'memory'`, `'sqlite'`. */
  readonly name: string
  /**
   * True when only one process at a time can have this storage open, enforced by something that a
   * crash releases. Then the holder before us is provably gone (money rule 14).
   */
  readonly isExclusive: boolean

  /**
   * Migrates forward, guarded against concurrent starters, and refuses a schema newer than
   * `schema.version` understands (`storage.newer-schema`).
   * Throws `storage.in-use` when a single-process engine is already owned by another process.
   */
  open(schema: Schema, environment: StorageEnvironment): Promise<void>
  /**
   * As `open`, for an operator's look at the books, also beside the process that has them open: creates,
   * migrates and locks nothing, and frees no lease. Resolves with the version of the stored tables, 0
   * when there are none; they can be read when it is at least `schema.version`, and nothing was opened
   * otherwise. Everything that writes rejects. Absent: this engine can only be opened to write.
   */
  openToRead?(schema: Schema, environment: StorageEnvironment): Promise<number>
  /** Waits for commits in flight. Never closes a pool that the host passed in. Safe to repeat. */
  close(): Promise<void>

  /**
   * Latest durable row. MAY be stale the moment it returns: a decision made on it is safe only if
   * the change carries its revision (`update`, `delete`, `require`) or a bound (`add`). Never shows
   * a row that a crash could still undo.
   */
  get<T extends AnyTable>(table: T, key: Key): Promise<RowOf<T> | undefined>
  /**
   * One page in index order, one statement = one snapshot. Only declared indexes and unique keys (or
   * `'key'`, the table's own key); text compares by UTF-8 bytes on every engine; indexed columns are text or
   * numbers, never null.
   * Does not lock and does not see phantoms: "no such row" is not a guard. Guard with a unique key
   * or a bounded counter.
   */
  find<T extends AnyTable>(table: T, query: Find): Promise<RowOf<T>[]>
  /**
   * Several reads of one moment (proof of the books, planner input). Read only; a long one must not
   * hold up commits or events.
   */
  snapshot<R>(work: (read: Pick<Storage, 'get' | 'find'>) => Promise<R>): Promise<R>

  /**
   * All or nothing, durable when it resolves; the same effect as if all commits ran one after the
   * other in an order in which every later read agrees.
   * - A condition that does not hold is an ANSWER ({@link Refused}), not an error: nothing was
   *   written, read again and decide again.
   * - Row locks are taken in (table, key) order, then events are appended, then the commit: one trip
   *   to the engine, so that a paused process holds no lock.
   * - Deletes are applied before updates and updates before inserts, so that a unique value can move
   *   within a change. (Swapping two by two updates is refused.)
   * - When several conditions do not hold: the fence first, then `duplicate` and `stale`, then required
   *   rows and bounds, so that a repeated change is recognised; a row's own key before its unique
   *   keys, and those in declared order.
   * - Deadlock and serialisation errors are repeated inside the adapter (a change is data, so this
   *   is invisible); a refusal is never repeated inside.
   * - Throws `storage.unavailable` with `outcome: 'none'` (certainly not written) or `'unknown'`
   *   (the reply was lost). Repeating the SAME change is always safe: every change holds at least
   *   one `insert` with a key chosen by core, or an `update`/`delete` with a revision, so a second
   *   application is refused (`duplicate` or `stale`) and core recognises its own rows. An adapter
   *   rejects a change without any insert, update or delete, and whatever the declared columns cannot
   *   hold (text with NUL or half a surrogate pair, too), with `storage.invalid-change`.
   */
  commit(change: Change): Promise<Committed | Refused>

  /**
   * Moves up to `limit` due rows of the jobs table's `queue` to `now + leaseFor` (milliseconds) by
   * the STORAGE's clock, adds one to `attempts`, and returns them with their new revision, most
   * overdue first. Two callers never get the same row. The returned revision is the claim's token:
   * finishing is `update` or `delete` with it, so a claimer that outlived its lease gets `stale`.
   * A claim is a wake-up, never a proof that nobody else is still working on the subject.
   */
  claim(queue: string, options: { limit: number; leaseFor: number }): Promise<Job[]>
  /**
   * Takes or renews a named lease for `for` milliseconds by the STORAGE's clock. The epoch grows
   * with each change of holder and never falls; it starts at 1. A takeover waits for fenced commits
   * in flight, so that nothing of the old epoch commits after it returns. `for: 0` gives it up;
   * taking it again raises the epoch. Giving up what somebody else holds changes nothing.
   * An exclusive engine frees all leases when it is opened: their holders are gone (epochs stay).
   * Undefined = somebody else holds it.
   */
  lease(name: string, options: { holder: string; for: number }): Promise<Lease | undefined>

  /**
   * Events after `cursor`, oldest first. No event with a smaller cursor appears later; events of one
   * subject come in the order of their commits; cursors rise but have holes; nothing is shown that
   * a crash could undo. Not delayed by transactions that do not write events.
   */
  events(cursor: Cursor, limit: number): Promise<StoredEvent[]>
  /** The cursor of the newest visible event, 0n when there is none: where a live listener starts. */
  lastEvent(): Promise<Cursor>
  /**
   * A hint that there may be new events or due rows: may be late, doubled, or never come. Callers
   * poll as well. Returns an unsubscribe.
   */
  onWake(wake: () => void): () => void
}

/** What an engine needs from its surroundings. Engines with their own clock ignore `clock`. */
export interface StorageEnvironment {
  /** Milliseconds since 1970. Only engines without a clock of their own (memory, SQLite) use it. */
  readonly clock: Pick<Clock, 'now'>
  readonly logger?: Logger
}

/** Position in the event log; a decimal string outside: `events.after('123')`. */
export type Cursor = bigint
/** Values of a key or of an index's first columns, in the declared order. */
export type Key = readonly (string | number | bigint)[]

/** Everything that one decision writes, applied together or not at all. */
export interface Change {
  /** In any order; at most one write per row (an adapter rejects two). */
  readonly writes: readonly Write[]
  /** Appended in this order, after all row locks are held. */
  readonly events?: readonly NewEvent[]
  /**
   * Checked under a shared lock that a takeover must wait for; refused `fenced` unless the lease has
   * this epoch. Every commit of a leader has it; commits of replicas (creating invoices) do not.
   */
  readonly fence?: { readonly lease: string; readonly epoch: number }
}

/** One row's part of a {@link Change}; build `insert` and `update` with the typed functions of `tables/table`. */
export type Write =
  /** Refused `duplicate` with the name of the unique key (`'key'` for the table's own key). */
  | {
      readonly op: 'insert'
      readonly table: AnyTable
      readonly row: Readonly<Record<string, unknown>>
    }
  /** Lost updates are impossible: refused `stale` unless the row still has `revision`. Sets revision + 1. */
  | {
      readonly op: 'update'
      readonly table: AnyTable
      readonly key: Key
      readonly revision: number
      readonly set: Readonly<Record<string, unknown>>
    }
  | {
      readonly op: 'delete'
      readonly table: AnyTable
      readonly key: Key
      readonly revision: number
    }
  /**
   * For hot rows (balances, budgets): adds without knowing the value; refused `bound` outside
   * [min, max] or when the row is missing. Never conflicts, only queues. Does not change the revision.
   */
  | {
      readonly op: 'add'
      readonly table: AnyTable
      readonly key: Key
      readonly column: string
      readonly by: bigint
      readonly min?: bigint
      readonly max?: bigint
    }
  /**
   * A row that was read, decides the outcome, and is not written (kill switch, partner settings):
   * refused `stale` if it changed or is gone. Closes write skew.
   */
  | {
      readonly op: 'require'
      readonly table: AnyTable
      readonly key: Key
      readonly revision: number
    }

/** The change is durable. */
export interface Committed {
  readonly committed: true
}

/** Nothing was written: `write` is the index of the condition that did not hold (-1 for the fence). */
export interface Refused {
  readonly committed: false
  readonly write: number
  readonly reason: 'duplicate' | 'stale' | 'bound' | 'fenced'
  /** With `duplicate`: the declared name, or `'key'`. */
  readonly uniqueKey?: string
}

/**
 * An index by name (`'key'` = the table's key); `equals` fixes its first columns; `upTo` bounds the
 * next column (inclusive; `descending`: lower bound, inclusive); `after` holds the values of all the
 * columns behind `equals` (the index's remaining ones, then the key's columns that the index does
 * not name) of the last row of the page before.
 */
export interface Find {
  readonly index: string
  readonly equals: Key
  readonly upTo?: string | number | bigint
  readonly after?: Key
  readonly descending?: true
  readonly limit: number
}

/** A row of the jobs table. Times are milliseconds since 1970 by the storage's clock. */
export interface Job {
  readonly id: string
  readonly queue: string
  readonly subject: string
  readonly dueAt: number
  readonly attempts: number
  readonly revision: number
}

/** The leader's turn: writes fenced by an older epoch are refused. */
export interface Lease {
  readonly epoch: number
  /** Milliseconds since 1970 by the storage's clock. */
  readonly expiresAt: number
}

/** An event as it is committed; `body` is the JSON text of the envelope without its cursor, fixed before the commit because its bytes are signed. */
export interface NewEvent {
  readonly id: string
  readonly type: string
  readonly version: number
  /** Public key (hex) of the node it is about. */
  readonly node: string
  /** What the order is kept for: `invoice/<id>`, `payout/<id>`, … */
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  readonly body: string
}

export interface StoredEvent extends NewEvent {
  readonly cursor: Cursor
}

/** The declared tables and how they came to be. `minimumReader` is the oldest release version that may still use this schema. */
export interface Schema {
  readonly version: number
  readonly minimumReader: number
  readonly tables: readonly AnyTable[]
  readonly steps: readonly SchemaStep[]
}

/**
 * The history of the tables, append only, additive: a replica of the release before keeps working.
 * Folding all steps gives `tables` (tested).
 */
export type SchemaStep = { readonly version: number } & (
  | { readonly create: AnyTable }
  | { readonly table: string; readonly addColumn: string }
  | { readonly table: string; readonly addIndex: string }
  | { readonly table: string; readonly dropIndex: string }
  /** A named core function over find and commit in pages, run by the leader, resumable. */
  | { readonly backfill: string }
)
