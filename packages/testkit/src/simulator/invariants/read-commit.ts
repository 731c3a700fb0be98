import type { MirrorRow } from '../mirror-books.ts'
import type { SeenCommit } from './invariant.ts'

/** The rows that a commit inserted into a table. */
export function insertedRows({ rows }: SeenCommit, table: string): MirrorRow[] {
  const found: MirrorRow[] = []
  for (const row of rows) {
    if (row.table === table && !row.before && row.after) found.push(row.after)
  }
  return found
}

/** A row whose state a commit changed or created. */
export interface StateChange {
  readonly row: MirrorRow
  /** Undefined: the row is new. */
  readonly from: string | undefined
  readonly to: string
}

/** The rows of a table whose column `state` a commit set to something new. */
export function stateChanges({ rows }: SeenCommit, table: string): StateChange[] {
  const found: StateChange[] = []
  for (const { table: name, before, after } of rows) {
    if (name !== table || !after || before?.state === after.state) continue
    found.push({
      row: after,
      from: before?.state as string | undefined,
      to: textOf(after, 'state'),
    })
  }
  return found
}

/** A text column. */
export function textOf(row: MirrorRow, column: string): string {
  return row[column] as string
}

/** A column in msat. */
export function msatOf(row: MirrorRow, column: string): bigint {
  return row[column] as bigint
}
