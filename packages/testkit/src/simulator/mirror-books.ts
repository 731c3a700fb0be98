import type { Change, StoredEvent, Write } from '@payment-node/core'

/** A row of the books as the mirror keeps it: columns by name, and its revision. */
export type MirrorRow = Readonly<Record<string, unknown>>

/** What a commit did to one row. */
export interface RowChange {
  readonly table: string
  readonly before: MirrorRow | undefined
  readonly after: MirrorRow | undefined
}

/** What the invariants read: the books without asking the storage. */
export interface Books {
  /** All rows of a table by key. */
  table(name: string): ReadonlyMap<string, MirrorRow>
  /** One row by its key; undefined when there is none. */
  row(name: string, ...key: readonly (string | number | bigint)[]): MirrorRow | undefined
  /** Events in the order of their commits. */
  readonly events: readonly MirrorEvent[]
}

/** An event as it was committed. */
export type MirrorEvent = Omit<StoredEvent, 'cursor'>

/** The books, rebuilt from what was committed. */
export interface MirrorBooks extends Books {
  /** Applies a change that the storage has committed, and tells what it did. */
  apply(change: Change): readonly RowChange[]
  /** The same books at this moment; later changes of one do not reach the other. */
  copy(): MirrorBooks
}

/**
 * A second copy of the books, built from the committed changes alone, so that invariants look at what
 * changed instead of everything. Claims and leases are not commits: `due_at` and `attempts` of jobs are
 * as they were inserted.
 */
export function mirrorBooks(): MirrorBooks {
  return over(new Map(), [])
}

function over(tables: Map<string, Map<string, MirrorRow>>, events: MirrorEvent[]): MirrorBooks {
  const rowsOf = (name: string): Map<string, MirrorRow> => {
    const known = tables.get(name)
    if (known) return known
    const rows = new Map<string, MirrorRow>()
    tables.set(name, rows)
    return rows
  }

  const write = (done: Write): RowChange | undefined => {
    const rows = rowsOf(done.table.name)
    if (done.op === 'require') return undefined
    const key =
      done.op === 'insert'
        ? keyText((done.table.key as readonly string[]).map((column) => done.row[column]))
        : keyText(done.key)
    const before = rows.get(key)
    const after = applied(done, before)
    if (after) rows.set(key, after)
    else rows.delete(key)
    return { table: done.table.name, before, after }
  }

  return {
    table: rowsOf,
    row: (name, ...key) => tables.get(name)?.get(keyText(key)),
    events,
    apply(change) {
      const done = change.writes.map(write).filter((row) => row !== undefined)
      events.push(...(change.events ?? []))
      return done
    },
    copy() {
      const copied = [...tables].map(([name, rows]) => [name, new Map(rows)] as const)
      return over(new Map(copied), [...events])
    },
  }
}

function keyText(values: readonly unknown[]): string {
  return values.join('\u0000')
}

function applied(
  write: Exclude<Write, { readonly op: 'require' }>,
  before: MirrorRow | undefined,
): MirrorRow | undefined {
  switch (write.op) {
    case 'insert':
      return { ...write.row, revision: 1 }
    case 'delete':
      return undefined
    case 'update':
      return { ...before, ...write.set, revision: write.revision + 1 }
    case 'add':
      return { ...before, [write.column]: add(before?.[write.column], write.by) }
  }
}

function add(value: unknown, by: bigint): unknown {
  return typeof value === 'number' ? value + Number(by) : ((value as bigint | undefined) ?? 0n) + by
}
