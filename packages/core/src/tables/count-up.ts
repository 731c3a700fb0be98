import type { Storage, Write } from '../ports/storage.ts'
import { type AnyTable, type Fields, insert, keyOf } from './table.ts'

/** A row that holds one total, in msat. */
export interface Total<T extends AnyTable> {
  readonly table: T
  /** The rest of the row: its key above all. */
  readonly row: Omit<Fields<T>, Total<T>['column']>
  readonly column: string & keyof Fields<T>
}

/** Bounds of a total, in msat; without one there is none. */
export interface TotalBounds {
  readonly min?: bigint
  readonly max?: bigint | undefined
}

/**
 * The write that adds to a total, refused `bound` above `max`; the first one inserts its row, and is refused as
 * a `duplicate` when somebody else was faster.
 */
export async function countUp<T extends AnyTable>(
  storage: Pick<Storage, 'get'>,
  total: Total<T>,
  by: bigint,
  max?: bigint,
): Promise<Write> {
  const { table, row, column } = total
  const isThere = await storage.get(table, keyOf(table, row as Fields<T>))
  // Above the bound there is nothing to insert: the add on a row that is not there is refused as it must be.
  if (isThere || (max !== undefined && by > max)) return addTo(total, by, { max })
  return insert(table, { ...row, [column]: by } as Fields<T>)
}

/** The write that adds to a total whose row is there. */
export function addTo<T extends AnyTable>(
  { table, row, column }: Total<T>,
  by: bigint,
  { min, max }: TotalBounds = {},
): Write {
  const key = keyOf(table, row as Fields<T>)
  const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  return { op: 'add', table, key, column, by, ...bounds }
}
