import type { Schema, SchemaStep } from '../ports/storage.ts'
import type { AnyTable, Column } from '../tables/table.ts'
import { invalidSchema } from './invalid-change.ts'

/** Checks that the history of the tables is in order and gives exactly the declared tables. */
export function checkSteps(schema: Schema): void {
  const folded = new Map<string, AnyTable>()
  let version = 1
  for (const step of schema.steps) {
    if (step.version < version || step.version > schema.version) {
      throw invalidSchema('steps-order', `a step of version ${step.version} is out of order`)
    }
    version = step.version
    foldStep(folded, step, schema)
  }
  const names = new Set([...folded.keys(), ...schema.tables.map((table) => table.name)])
  for (const name of names) {
    const declared = schema.tables.find((table) => table.name === name)
    const reached = folded.get(name)
    if (!declared || !reached || shapeOf(declared) !== shapeOf(reached)) {
      throw invalidSchema('steps-tables', `its steps do not give the declared table ${name}`)
    }
  }
}

function foldStep(folded: Map<string, AnyTable>, step: SchemaStep, schema: Schema): void {
  if ('backfill' in step) return
  if ('create' in step) {
    if (folded.has(step.create.name)) {
      throw invalidSchema('steps-tables', `table ${step.create.name} is created twice`)
    }
    folded.set(step.create.name, step.create)
    return
  }
  const table = folded.get(step.table)
  const declared = schema.tables.find(({ name }) => name === step.table)
  if (!table || !declared) {
    throw invalidSchema('steps-tables', `a step changes ${step.table}, which does not exist`)
  }
  if ('addColumn' in step) {
    const column: Column | undefined = declared.columns[step.addColumn]
    if (!column?.nullable) {
      throw invalidSchema('steps-column', `${step.table}.${step.addColumn} must be nullable`)
    }
    folded.set(step.table, { ...table, columns: { ...table.columns, [step.addColumn]: column } })
    return
  }
  const index: Record<string, readonly string[]> = { ...table.index }
  if ('dropIndex' in step) delete index[step.dropIndex]
  else {
    const columns = declared.index?.[step.addIndex]
    // An index that a later step drops again has no declaration any more.
    if (columns) index[step.addIndex] = columns
  }
  folded.set(step.table, { ...table, index })
}

function shapeOf(table: AnyTable): string {
  const sorted = (named: object): unknown[] =>
    Object.entries(named).sort(([one], [other]) => (one < other ? -1 : 1))
  const columns = Object.entries(table.columns as Record<string, Column>).map(
    ([name, { type, nullable }]) => [name, [type, nullable === true]] as const,
  )
  return JSON.stringify([
    table.key,
    sorted(Object.fromEntries(columns)),
    sorted(table.unique ?? {}),
    sorted(table.index ?? {}),
  ])
}
