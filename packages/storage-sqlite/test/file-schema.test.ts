import { DatabaseSync } from 'node:sqlite'
import { type Schema, type Storage, table } from '@payment-node/core'
import { checkFind, declareTables } from '@payment-node/core/storage-checks'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { renderFind } from '../src/render-reads.ts'
import { environment, event, note, notes, schema } from './books.ts'
import { freshFile } from './fresh-file.ts'

const later = table({
  ...notes,
  columns: { ...notes.columns, extra: { type: 'boolean', nullable: true } },
  index: { text_free: ['id', 'rank'] },
})
const laterSchema: Schema = {
  version: 3,
  minimumReader: 1,
  tables: [later, schema.tables[1]!],
  steps: [
    ...schema.steps,
    { version: 2, table: 'notes', addColumn: 'extra' },
    { version: 2, table: 'notes', addIndex: 'given up' },
    { version: 2, backfill: 'notes-extra' },
    { version: 3, table: 'notes', dropIndex: 'given up' },
    { version: 3, table: 'notes', addIndex: 'text_free' },
    { version: 3, table: 'notes', dropIndex: 'rank' },
  ],
}

async function openAndClose(file: string, opened: Schema): Promise<void> {
  const storage = sqlite({ file })
  await storage.open(opened, environment)
  await storage.close()
}

function inFile<R>(file: string, work: (database: DatabaseSync) => R): R {
  const database = new DatabaseSync(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const definitions = (file: string): unknown =>
  inFile(file, (database) =>
    database.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all(),
  )

test('a migrated file and a fresh one have the same tables, and each step is on record', async () => {
  const [migrated, fresh] = [freshFile(), freshFile()]
  await openAndClose(migrated, schema)
  await openAndClose(migrated, laterSchema)
  await openAndClose(fresh, laterSchema)
  expect(definitions(migrated)).toEqual(definitions(fresh))
  const steps = inFile(migrated, (database) =>
    database.prepare('SELECT version, step FROM storage_steps ORDER BY number').all(),
  )
  expect(steps.length).toBe(laterSchema.steps.length)
  expect(steps[4]).toEqual({ version: 2, step: '{"version":2,"backfill":"notes-extra"}' })
})

test('a migration that fails changes nothing', async () => {
  const file = freshFile()
  await openAndClose(file, schema)
  inFile(file, (database) => database.exec('CREATE INDEX notes__text_free ON notes (id)'))
  const before = definitions(file)
  await expect(openAndClose(file, laterSchema)).rejects.toMatchObject({
    code: 'storage.unavailable',
  })
  expect(definitions(file)).toEqual(before)
  await openAndClose(file, schema)
})

test('a file whose own tables are of a later layout is refused', async () => {
  const file = freshFile()
  await openAndClose(file, schema)
  inFile(file, (database) => database.exec('PRAGMA user_version = 2'))
  await expect(openAndClose(file, schema)).rejects.toMatchObject({
    code: 'storage.newer-schema',
    details: { found: 2, known: 1 },
  })
})

test('every column is strict, so that SQL of an operator cannot store what no release could read', async () => {
  const file = freshFile()
  await openAndClose(file, schema)
  inFile(file, (database) => {
    const wrong = [
      `INSERT INTO notes VALUES ('a', 1.5, 'x', 1)`,
      `INSERT INTO notes VALUES ('a', 'many', 'x', 1)`,
      `INSERT INTO notes VALUES (NULL, 1, 'x', 1)`,
      `INSERT INTO counters VALUES ('a', 9223372036854775807 + 1, 1)`,
    ]
    for (const sql of wrong) expect(() => database.exec(sql), sql).toThrow()
  })
})

test('every query of every index, direction and shape walks its index without sorting', async () => {
  const file = freshFile()
  const wide = table({
    name: 'wide',
    columns: {
      id: { type: 'text' },
      a: { type: 'text' },
      b: { type: 'integer' },
      c: { type: 'time' },
    },
    key: ['id'],
    unique: { a_b: ['a', 'b'] },
    index: { a: ['a'], b_c: ['b', 'c'], a_c: ['a', 'c', 'id'] },
  })
  const wideSchema: Schema = {
    version: 1,
    minimumReader: 1,
    tables: [wide],
    steps: [{ version: 1, create: wide }],
  }
  await openAndClose(file, wideSchema)
  const declared = declareTables(wideSchema)
  const value = { id: 'x', a: 'x', b: 1, c: 1 }
  const sorting: string[] = []
  inFile(file, (database) => {
    for (const [index, order] of declared.get('wide')!.orders) {
      const values = order.map((column) => value[column as keyof typeof value])
      for (let fixed = 0; fixed <= order.length; fixed++) {
        for (const shape of [{}, { upTo: values[fixed]! }, { after: values.slice(fixed) }]) {
          if (fixed === order.length && Object.keys(shape).length > 0) continue
          for (const direction of [{}, { descending: true as const }]) {
            const query = {
              index,
              equals: values.slice(0, fixed),
              limit: 5,
              ...shape,
              ...direction,
            }
            const sql = renderFind(checkFind(declared, wide, query))
            const plan = database
              .prepare(`EXPLAIN QUERY PLAN ${sql}`)
              .all()
              .map(({ detail }) => String(detail))
              .join('; ')
            if (!plan.includes('USING INDEX') || plan.includes('TEMP B-TREE')) {
              sorting.push(`${JSON.stringify(query)}: ${plan}`)
            }
          }
        }
      }
    }
  })
  expect(sorting).toEqual([])
})

test('a cursor is never given twice, also when the newest events were deleted by hand', async () => {
  const file = freshFile()
  const append = async (id: string): Promise<bigint> => {
    const storage: Storage = sqlite({ file })
    await storage.open(schema, environment)
    await storage.commit({ writes: [note(id)], events: [event(id)] })
    const cursor = await storage.lastEvent()
    await storage.close()
    return cursor
  }
  const first = await append('a')
  inFile(file, (database) => database.exec('DELETE FROM storage_events'))
  expect(await append('b')).toBeGreaterThan(first)
})
