import { rmSync } from 'node:fs'
import {
  type Change,
  type Find,
  jobs,
  PaymentNodeError,
  type Schema,
  type Storage,
  table,
  type Write,
} from '@payment-node/core'
import { memory, memoryData } from '@payment-node/storage-memory'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { freshFile } from './fresh-file.ts'

const things = table({
  name: 'things',
  columns: {
    owner: { type: 'text' },
    number: { type: 'integer' },
    label: { type: 'text' },
    rank: { type: 'msat' },
    amount: { type: 'msat' },
    data: { type: 'json', nullable: true },
    is_open: { type: 'boolean', nullable: true },
  },
  key: ['owner', 'number'],
  unique: { label: ['label'], rank_label: ['rank', 'label'] },
  index: { rank: ['rank'], label_rank: ['label', 'rank'] },
})
const tables = [things, jobs]
const schema: Schema = {
  version: 1,
  minimumReader: 1,
  tables,
  steps: tables.map((create) => ({ version: 1, create })),
}

/** One call on a storage, described so that both storages get the same. */
type Step = (storage: Storage) => Promise<unknown>

// Few values, so that keys, unique values and revisions meet often.
const text = fc.constantFrom('', 'a', 'b', '\uffff', '😀')
const small = fc.integer({ min: 0, max: 2 })
const amount = fc.oneof(
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n)),
)
const revision = fc.constantFrom(1, 1, 1, 2, 2, 3)
const key = fc.tuple(text, small)
const data = fc.oneof(fc.constant(null), fc.jsonValue({ maxDepth: 2 }))
const isOpen = fc.option(fc.boolean())
const optional = <V>(value: fc.Arbitrary<V>): fc.Arbitrary<V | undefined> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value as fc.Arbitrary<V | undefined> },
  )
const label = fc.tuple(text, fc.constantFrom('', 'x', '\ue000')).map((parts) => parts.join(''))
const onThing = { table: fc.constant(things), key }

const insertion: fc.Arbitrary<Write> = fc
  .record({ key, label, rank: amount, amount, data, is_open: isOpen })
  .map(
    ({ key: [owner, number], ...fields }): Write => ({
      op: 'insert',
      table: things,
      row: { owner, number, ...fields },
    }),
  )
const write: fc.Arbitrary<Write> = fc.oneof(
  insertion,
  fc.record({
    op: fc.constant('update' as const),
    ...onThing,
    revision,
    set: fc.record({ label, rank: amount, data }, { requiredKeys: [] }),
  }),
  fc.record({ op: fc.constantFrom('delete' as const, 'require' as const), ...onThing, revision }),
  fc.record({ ...onThing, by: amount, min: optional(amount), max: optional(amount) }).map(
    ({ min, max, ...add }): Write => ({
      op: 'add',
      column: 'amount',
      ...add,
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    }),
  ),
  fc.record({ id: text, queue: text, subject: text, due_at: small }).map(
    (row): Write => ({
      op: 'insert',
      table: jobs,
      row: { ...row, node: 'n', network: 'regtest', attempts: 0 },
    }),
  ),
)

const change: fc.Arbitrary<Change> = fc
  .record({
    writes: fc
      .tuple(fc.oneof(insertion, write), fc.array(write, { maxLength: 2 }))
      .map(([first, others]) => [...others, first]),
    events: fc.array(text, { maxLength: 2 }),
    epoch: optional(small),
  })
  .map(({ writes, events, epoch }) => ({
    writes,
    events: events.map((body) => ({
      id: body,
      type: 'thing.kept',
      version: 1,
      node: 'n',
      subject: 'thing',
      occurredAt: 1,
      body,
    })),
    ...(epoch !== undefined && { fence: { lease: 'leader', epoch } }),
  }))

const query: fc.Arbitrary<Find> = fc
  .record({
    order: fc.constantFrom(
      { index: 'key', columns: ['owner', 'number'] as const },
      { index: 'rank', columns: ['rank', 'owner', 'number'] as const },
      { index: 'label', columns: ['label', 'owner', 'number'] as const },
      { index: 'label_rank', columns: ['label', 'rank', 'owner', 'number'] as const },
      { index: 'rank_label', columns: ['rank', 'label', 'owner', 'number'] as const },
    ),
    values: fc.record({ owner: text, number: small, label, rank: amount }),
    fixed: small,
    withUpTo: fc.boolean(),
    withAfter: fc.boolean(),
    isDescending: fc.boolean(),
    limit: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ order: { index, columns }, values, fixed, withUpTo, withAfter, isDescending, limit }) => {
    const ordered = columns.map((column) => values[column])
    const equals = Math.min(fixed, columns.length - 1)
    return {
      index,
      equals: ordered.slice(0, equals),
      limit,
      ...(withUpTo && { upTo: ordered[equals]! }),
      ...(withAfter && { after: ordered.slice(equals) }),
      ...(isDescending && { descending: true as const }),
    }
  })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: change.map(
      (one): Step =>
        (storage) =>
          storage.commit(one),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.array(change, { maxLength: 6 }).map(
      (many): Step =>
        (storage) =>
          Promise.all(many.map((one) => answerOf(storage.commit(one)))),
    ),
  },
  {
    weight: 3,
    arbitrary: query.map(
      (one): Step =>
        (storage) =>
          storage.find(things, one),
    ),
  },
  {
    weight: 1,
    arbitrary: key.map(
      (one): Step =>
        (storage) =>
          storage.get(things, one),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(text, small, small).map(
      ([queue, limit, leaseFor]): Step =>
        (storage) =>
          storage.claim(queue, { limit, leaseFor }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(text, small).map(
      ([holder, time]): Step =>
        (storage) =>
          storage.lease('leader', { holder, for: time }),
    ),
  },
)

async function answerOf(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    return PaymentNodeError.is(error) ? [error.code, error.details] : error
  }
}

async function everything(storage: Storage): Promise<unknown> {
  return {
    things: await storage.find(things, { index: 'key', equals: [], limit: 999 }),
    byRank: await storage.find(things, { index: 'rank', equals: [], limit: 999 }),
    jobs: await storage.find(jobs, { index: 'due', equals: [], limit: 999 }),
    bodies: (await storage.events(0n, 999)).map(({ body }) => body),
  }
}

test('whatever is done to it, it answers as the memory storage does, also after being opened again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, small), { minLength: 5, maxLength: 40 }),
      async (steps) => {
        let now = 0
        const clock = { now: () => now }
        const file = freshFile()
        const shared = memoryData()
        let both = [memory({ data: shared }), sqlite({ file })] as const
        for (const storage of both) await storage.open(schema, { clock })
        for (const [take, later] of steps) {
          const [expected, actual] = await Promise.all(both.map((one) => answerOf(take(one))))
          expect(actual).toEqual(expected)
          now += later
        }
        expect(await everything(both[1])).toEqual(await everything(both[0]))
        for (const storage of both) await storage.close()
        both = [memory({ data: shared }), sqlite({ file })]
        for (const storage of both) await storage.open(schema, { clock })
        expect(await everything(both[1])).toEqual(await everything(both[0]))
        for (const storage of both) await storage.close()
        rmSync(file)
      },
    ),
    { numRuns: 60 },
  )
}, 30_000)
