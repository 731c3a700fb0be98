import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { operations } from './operations.ts'
import type { MatrixRow } from './run-matrix.ts'

const file = join(import.meta.dirname, 'rows.json')

/** Puts an operation's new row in the place of its old one; answers all rows that there are, in order. */
export function keepRows(row: MatrixRow): readonly MatrixRow[] {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as MatrixRow[]
  const byName = new Map([...kept, row].map((one) => [one.operation, one]))
  const rows = operations.flatMap(({ name }) => byName.get(name) ?? [])
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`)
  return rows
}
