import type { Key, Write } from '../ports/storage.ts'

/** `msat` and `integer` differ in TypeScript (bigint, number) and in range; `time` is milliseconds since 1970. */
export type ColumnType = 'text' | 'msat' | 'integer' | 'time' | 'boolean' | 'json' | 'bytes'

/** One column of a declared table; `null` only where it says so. */
export interface Column {
  readonly type: ColumnType
  readonly nullable?: true
}

/** A table as data: an adapter renders it, nothing else knows SQL. */
export interface Table<C extends Readonly<Record<string, Column>>> {
  readonly name: string
  readonly columns: C
  readonly key: readonly (keyof C & string)[]
  readonly unique?: Readonly<Record<string, readonly (keyof C & string)[]>>
  readonly index?: Readonly<Record<string, readonly (keyof C & string)[]>>
}

/** A table whatever its columns. */
// biome-ignore lint/suspicious/noExplicitAny: a table of any columns; every use narrows it again
export type AnyTable = Table<any>

/** The TypeScript type of a column type. */
export type ColumnValue<T extends ColumnType> = T extends 'msat'
  ? bigint
  : T extends 'integer' | 'time'
    ? number
    : T extends 'boolean'
      ? boolean
      : T extends 'json'
        ? unknown
        : T extends 'bytes'
          ? Uint8Array
          : string

/** What a column holds: null only where it is nullable. */
export type Cell<C extends Column> = C extends { nullable: true }
  ? ColumnValue<C['type']> | null
  : ColumnValue<C['type']>

/** The columns' values, without the revision: what `insert` takes. */
export type Fields<T> = T extends Table<infer C> ? { readonly [K in keyof C]: Cell<C[K]> } : never

/** A stored row. `revision` starts at 1 and is kept by the adapter. */
export type RowOf<T> = Fields<T> & { readonly revision: number }

/** Declares a table; only gives its literal type a name. */
export function table<const C extends Readonly<Record<string, Column>>>(
  declaration: Table<C>,
): Table<C> {
  return declaration
}

/** A new row; every column is named, also the ones that are null. */
export function insert<T extends AnyTable>(into: T, row: Fields<T>): Write {
  return { op: 'insert', table: into, row: row as Readonly<Record<string, unknown>> }
}

/** The key of a row, in the table's declared order. */
export function keyOf<T extends AnyTable>(of: T, row: Fields<T>): Key {
  return of.key.map((column) => (row as Record<string, string | number | bigint>)[column]!)
}

/** Changes columns of a row that was read, provided nobody changed it since. */
export function update<T extends AnyTable>(of: T, row: RowOf<T>, set: Partial<Fields<T>>): Write {
  return {
    op: 'update',
    table: of,
    key: keyOf(of, row as Fields<T>),
    revision: (row as { revision: number }).revision,
    set: set as Readonly<Record<string, unknown>>,
  }
}

/** Deletes a row that was read, provided nobody changed it since. */
export function remove<T extends AnyTable>(from: T, row: RowOf<T>): Write {
  return {
    op: 'delete',
    table: from,
    key: keyOf(from, row as Fields<T>),
    revision: (row as { revision: number }).revision,
  }
}

/** Makes the change depend on a row that was read and must not have changed. */
export function requireUnchanged<T extends AnyTable>(of: T, row: RowOf<T>): Write {
  return {
    op: 'require',
    table: of,
    key: keyOf(of, row as Fields<T>),
    revision: (row as { revision: number }).revision,
  }
}
