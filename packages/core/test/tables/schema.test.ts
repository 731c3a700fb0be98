import { expect, test } from 'vitest'
import { schema } from '../../src/tables/schema.ts'
import {
  type AnyTable,
  insert,
  keyOf,
  remove,
  requireUnchanged,
  table,
  update,
} from '../../src/tables/table.ts'

test('the steps of the schema lead to its tables', () => {
  const made = new Map<string, unknown>()
  let version = 0
  for (const step of schema.steps) {
    expect(step.version).toBeGreaterThanOrEqual(version)
    version = step.version
    if ('create' in step) {
      expect(made.has(step.create.name), step.create.name).toBe(false)
      made.set(step.create.name, step.create)
    } else if ('addColumn' in step) {
      const older = made.get(step.table) as AnyTable
      const column = schema.tables.find(({ name }) => name === step.table)!.columns[step.addColumn]!
      // A replica of the version before writes rows without it.
      expect(column.nullable, `${step.table}.${step.addColumn}`).toBe(true)
      made.set(step.table, { ...older, columns: { ...older.columns, [step.addColumn]: column } })
    } else expect.unreachable(`fold ${JSON.stringify(step)}`)
  }
  expect(version).toBe(schema.version)
  expect(schema.minimumReader).toBeLessThanOrEqual(schema.version)
  expect([...made.values()]).toEqual(schema.tables)
})

test('every table belongs to a node and a network, and its keys name columns that are never null', () => {
  for (const { name, columns, key, unique = {}, index = {} } of schema.tables) {
    expect(columns, name).toMatchObject({ node: { type: 'text' }, network: { type: 'text' } })
    for (const column of [key, ...Object.values(unique), ...Object.values(index)].flat()) {
      expect(columns, `${name}.${column}`).toHaveProperty(column)
      expect(columns[column].nullable, `${name}.${column}`).toBeUndefined()
    }
    // A row of one node is never found by another: its key begins with the node or is random.
    expect(['node', 'id', 'payout', 'name'], name).toContain(key[0])
  }
})

test('writes carry the key in its declared order and the revision that was read', () => {
  const things = table({
    name: 'things',
    columns: { a: { type: 'text' }, b: { type: 'integer' }, c: { type: 'text', nullable: true } },
    key: ['b', 'a'],
  })
  const row = { a: 'x', b: 7, c: null, revision: 3 }
  expect(keyOf(things, row)).toEqual([7, 'x'])
  expect(insert(things, { a: 'x', b: 7, c: null })).toEqual({
    op: 'insert',
    table: things,
    row: { a: 'x', b: 7, c: null },
  })
  const named = { table: things, key: [7, 'x'], revision: 3 }
  expect(update(things, row, { c: 'y' })).toEqual({ op: 'update', ...named, set: { c: 'y' } })
  expect(remove(things, row)).toEqual({ op: 'delete', ...named })
  expect(requireUnchanged(things, row)).toEqual({ op: 'require', ...named })
})
