import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Cell } from '@payment-node/core/storage-checks'

/** A value as SQLite binds it: whole numbers as bigint, so that none becomes a float on the way. */
export type Bound = string | bigint | Uint8Array | null
/** A value as SQLite gives it back. */
export type Given = string | bigint | Uint8Array | null

/** Statements of one connection, each compiled once. */
export interface Statements {
  /** How many rows the statement wrote. */
  run(sql: string, values?: readonly Bound[]): number
  first(sql: string, values?: readonly Bound[]): readonly Given[] | undefined
  all(sql: string, values?: readonly Bound[]): (readonly Given[])[]
}

export function statementsOf(database: DatabaseSync): Statements {
  const compiled = new Map<string, StatementSync>()
  const compile = (sql: string): StatementSync => {
    const known = compiled.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    compiled.set(sql, statement)
    return statement
  }
  return {
    run: (sql, values = []) => Number(compile(sql).run(...(values as SQLInputValue[])).changes),
    first: (sql, values = []) =>
      compile(sql).get(...(values as SQLInputValue[])) as Given[] | undefined,
    all: (sql, values = []) =>
      compile(sql).all(...(values as SQLInputValue[])) as unknown as Given[][],
  }
}

export function bind(cell: Cell): Bound {
  if (typeof cell === 'number') return BigInt(cell)
  return typeof cell === 'boolean' ? BigInt(cell) : cell
}

/** Names are checked when the schema is declared; quoting lets them be words of SQL. */
export function quote(name: string): string {
  return `"${name}"`
}
