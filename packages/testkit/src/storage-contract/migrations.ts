import assert from 'node:assert/strict'
import {
  type AnyTable,
  insert,
  PaymentNodeError,
  type Schema,
  table,
  update,
} from '@payment-node/core'
import { accept, event, type Promised, refuse, rejects } from './under-test.ts'

const parcelsBefore = table({
  name: 'parcels',
  columns: { id: { type: 'text' }, town: { type: 'text' }, weight: { type: 'integer' } },
  key: ['id'],
  unique: { town_weight: ['town', 'weight'] },
  index: { weight: ['weight'] },
})
const parcels = table({
  ...parcelsBefore,
  columns: {
    ...parcelsBefore.columns,
    note: { type: 'text', nullable: true },
    seen_at: { type: 'time', nullable: true },
    data: { type: 'json', nullable: true },
  },
  index: { town: ['town', 'id'] },
})
const stamps = table({
  name: 'stamps',
  columns: { id: { type: 'text' }, parcel: { type: 'text' } },
  key: ['id'],
  index: { parcel: ['parcel'] },
})

/** The schema that the tests below start with. */
export const firstSchema: Schema = {
  version: 1,
  minimumReader: 1,
  tables: [parcelsBefore],
  steps: [{ version: 1, create: parcelsBefore }],
}
const secondSchema: Schema = {
  version: 2,
  minimumReader: 1,
  tables: [parcels, stamps],
  steps: [
    ...firstSchema.steps,
    { version: 2, create: stamps },
    { version: 2, table: 'parcels', addColumn: 'note' },
    { version: 2, table: 'parcels', addColumn: 'seen_at' },
    { version: 2, table: 'parcels', addColumn: 'data' },
    { version: 2, table: 'parcels', addIndex: 'town' },
    { version: 2, table: 'parcels', dropIndex: 'weight' },
    { version: 2, backfill: 'parcels-note' },
  ],
}
const parcel = (id: string, weight = 1) => ({ id, town: `town of ${id}`, weight })
const added = { note: null, seen_at: null, data: null }

export function migrationsContract(promised: Promised): void {
  promised(
    'a newer release adds tables, nullable columns and indexes and keeps every row',
    async (opened) => {
      await accept(opened.storage, {
        writes: ['b', 'a'].map((id) => insert(parcelsBefore, parcel(id))),
        events: [event('parcel', 'old')],
      })
      await opened.reopen(secondSchema)
      const { storage } = opened
      const found = await storage.find(parcels, { index: 'town', equals: [], limit: 9 })
      assert.deepEqual(
        found.map((row) => ({ ...row })),
        ['a', 'b'].map((id) => ({ ...parcel(id), ...added, revision: 1 })),
      )
      await accept(storage, [
        insert(stamps, { id: 's', parcel: 'a' }),
        insert(parcels, { ...parcel('c'), note: 'new', seen_at: 5, data: { a: 1 } }),
        update(parcels, found[0]!, { note: 'filled' }),
      ])
      assert.equal((await storage.get(parcels, ['a']))?.note, 'filled')
      assert.deepEqual((await storage.get(parcels, ['c']))?.data, { a: 1 })
      await refuse(storage, [insert(parcels, { ...parcel('d'), town: 'town of a', ...added })], {
        write: 0,
        reason: 'duplicate',
        uniqueKey: 'town_weight',
      })
      assert.equal(
        (await storage.find(stamps, { index: 'parcel', equals: ['a'], limit: 9 })).length,
        1,
      )
      assert.deepEqual(
        (await storage.events(0n, 9)).map(({ body }) => body),
        ['old'],
      )
      await opened.reopen(secondSchema)
      assert.equal((await opened.storage.get(parcels, ['a']))?.note, 'filled')
    },
  )

  promised('a fresh storage and a migrated one behave the same', async (opened) => {
    const rowsNow = async (): Promise<unknown> => {
      const { storage } = opened
      const row = { ...parcel('a'), ...added, note: 'x' }
      await storage.commit({
        writes: [insert(parcels, row), insert(stamps, { id: 's', parcel: 'a' })],
      })
      return [
        await storage.get(parcels, ['a']),
        await storage.find(parcels, { index: 'town', equals: [], limit: 9 }),
        await storage.find(stamps, { index: 'key', equals: [], limit: 9 }),
      ]
    }
    await opened.reopen(secondSchema)
    const migrated = await rowsNow()
    await opened.fresh(secondSchema)
    assert.deepEqual(await rowsNow(), migrated)
  })

  promised('an older release goes on working while the newer schema allows it', async (opened) => {
    await opened.reopen(secondSchema)
    await accept(opened.storage, [insert(parcels, { ...parcel('new'), ...added, note: 'kept' })])
    await opened.reopen(firstSchema)
    const { storage } = opened
    const row = (await storage.get(parcelsBefore, ['new']))!
    assert.deepEqual({ ...row }, { ...parcel('new'), revision: 1 })
    await accept(storage, [
      update(parcelsBefore, row, { weight: 2 }),
      insert(parcelsBefore, parcel('old', 3)),
    ])
    const found = await storage.find(parcelsBefore, { index: 'weight', equals: [], limit: 9 })
    assert.deepEqual(
      found.map(({ id }) => id),
      ['new', 'old'],
    )
    await opened.reopen(secondSchema)
    const rows = await opened.storage.find(parcels, { index: 'town', equals: [], limit: 9 })
    assert.deepEqual(
      rows.map(({ id, weight, note, revision }) => [id, weight, note, revision]),
      [
        ['new', 2, 'kept', 2],
        ['old', 3, null, 1],
      ],
    )
  })

  promised(
    'a schema that a newer release closed to this one is refused, and stays as it is',
    async (opened) => {
      const closing = { ...secondSchema, minimumReader: 2 }
      await opened.reopen(closing)
      await accept(opened.storage, [insert(parcels, { ...parcel('a'), ...added })])
      const error = await rejects(
        opened.reopen(firstSchema),
        'storage.newer-schema',
        'the older release',
      )
      assert.ok(PaymentNodeError.is(error, 'storage.newer-schema'))
      assert.deepEqual(error.details, { found: 2, known: 1 })
      await opened.reopen(closing)
      assert.equal((await opened.storage.get(parcels, ['a']))?.revision, 1)
    },
  )

  promised('a schema whose steps do not give its tables is refused', async (opened) => {
    const wrong: Record<string, Partial<Schema>> = {
      'a column without a step': {
        steps: secondSchema.steps.filter((step) => !('addColumn' in step)),
      },
      'a table without a step': { tables: [...secondSchema.tables, { ...stamps, name: 'others' }] },
      'an index without a step': {
        steps: secondSchema.steps.filter((step) => !('addIndex' in step)),
      },
      'a step behind its version': { steps: [...secondSchema.steps].reverse() },
      'a step beyond the version': { version: 1 },
      'a table created twice': { steps: [...secondSchema.steps, { version: 2, create: stamps }] },
      'an added column that is not nullable': {
        tables: [{ ...parcels, columns: { ...parcels.columns, note: { type: 'text' } } }, stamps],
      },
      'an index on a nullable column': changed({ index: { note: ['note'] } }),
      'an index on JSON': changed({ index: { data: ['data'] } }),
      'an index called key': changed({ index: { key: ['town'] } }),
      'an index on an unknown column': changed({ index: { nothing: ['nothing'] } }),
      'a column called revision': changed({
        columns: { ...parcels.columns, revision: { type: 'integer' } },
      }),
    }
    for (const [name, fields] of Object.entries(wrong)) {
      await rejects(opened.reopen({ ...secondSchema, ...fields }), 'options.invalid', name)
    }
    await opened.reopen(secondSchema)
  })
}

function changed(fields: Partial<AnyTable>): Partial<Schema> {
  const create = { ...parcels, ...fields } as AnyTable
  return { tables: [create], steps: [{ version: 1, create }] }
}
