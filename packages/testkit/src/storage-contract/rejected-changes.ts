import assert from 'node:assert/strict'
import { type Change, type Find, insert, table, type Write } from '@payment-node/core'
import { account, item, sample } from './rows.ts'
import { accounts, items, samples } from './test-tables.ts'
import { accept, each, event, type Promised, rejects } from './under-test.ts'

const unknown = table({ name: 'unknown', columns: { id: { type: 'text' } }, key: ['id'] })
const raw = (value: object): Write => value as Write
const row = { id: 'a', shelf: 'top', label: 'a', rank: 1, note: null }
const on = { table: items, key: ['there'] as const, revision: 1 }

/** Built wrongly: each of these comes with a correct insert and an event, which must not be stored. */
const wrong: Readonly<Record<string, Write[]>> = {
  'two updates of one row': [
    { op: 'update', ...on, set: { note: 'x' } },
    { op: 'update', ...on, set: { rank: 2 } },
  ],
  'an add and a require of one row': [
    { op: 'add', table: accounts, key: ['ann', 1], column: 'uses', by: 1n },
    { op: 'require', table: accounts, key: ['ann', 1], revision: 1 },
  ],
  'two inserts of one row': [item('a'), item('a', { label: 'b' })],
  'an unknown table': [insert(unknown, { id: 'a' })],
  'an unknown operation': [raw({ op: 'upsert', ...on, set: {} })],
  'an insert with an unknown column': [raw({ op: 'insert', table: items, row: { ...row, x: 1 } })],
  'an insert with a revision': [raw({ op: 'insert', table: items, row: { ...row, revision: 1 } })],
  'an insert that leaves out a nullable column': [
    raw({ op: 'insert', table: items, row: { id: 'a', shelf: 'top', label: 'a', rank: 1 } }),
  ],
  'an insert without its key': [
    raw({ op: 'insert', table: items, row: { ...row, id: undefined } }),
  ],
  'an update of an unknown column': [raw({ op: 'update', ...on, set: { x: 1 } })],
  'an update of the revision': [raw({ op: 'update', ...on, set: { revision: 7 } })],
  'an update of the key': [raw({ op: 'update', ...on, set: { id: 'b' } })],
  'an update to undefined': [raw({ op: 'update', ...on, set: { note: undefined } })],
  'an update without a revision': [raw({ op: 'update', ...on, revision: undefined, set: {} })],
  'a key with too few values': [raw({ op: 'delete', table: accounts, key: ['ann'], revision: 1 })],
  'a key with too many values': [raw({ op: 'delete', ...on, key: ['there', 1] })],
  'a key of the wrong type': [raw({ op: 'delete', ...on, key: [1] })],
  'an integer key given as bigint': [
    raw({ op: 'delete', table: accounts, key: ['ann', 1n], revision: 1 }),
  ],
  'an add to an unknown column': [
    raw({ op: 'add', table: accounts, key: ['ann', 1], column: 'x', by: 1n }),
  ],
  'an add to text': [raw({ op: 'add', ...on, column: 'note', by: 1n })],
  'an add to a key column': [
    raw({ op: 'add', table: accounts, key: ['ann', 1], column: 'number', by: 1n }),
  ],
  'an add to a column of a unique key': [raw({ op: 'add', ...on, column: 'rank', by: 1n })],
  'an add of a number': [
    raw({ op: 'add', table: accounts, key: ['ann', 1], column: 'balance', by: 1 }),
  ],
  'an add with a bound that is a number': [
    raw({ op: 'add', table: accounts, key: ['ann', 1], column: 'balance', by: 1n, min: 0 }),
  ],
  'an add beyond the type’s range': [
    { op: 'add', table: accounts, key: ['ann', 1], column: 'balance', by: 2n ** 63n },
  ],
}

const wrongEvents: Readonly<Record<string, object>> = {
  'a body that is no text': { body: {} },
  'a missing id': { id: undefined },
  'a missing node': { node: undefined },
  'a time that is no whole number': { occurredAt: 1.5 },
  'a version that is text': { version: '1' },
  'a subject with NUL': { subject: 'a\0b' },
}

export function rejectedChangesContract(promised: Promised): void {
  promised(
    'a change that was built wrongly is rejected and nothing of it is stored',
    async ({ storage }) => {
      await accept(storage, [item('there'), account('ann', 1n)])
      const changes: [string, Change][] = [
        ...Object.entries(wrong).map(([name, writes]): [string, Change] => [
          name,
          { writes: [item('stored'), ...writes], events: [event('item/stored', 'x')] },
        ]),
        ...Object.entries(wrongEvents).map(([name, fields]): [string, Change] => [
          `an event with ${name}`,
          {
            writes: [item('stored')],
            events: [event('item/stored', 'x'), { ...event('item/stored', 'y'), ...fields }],
          },
        ]),
      ]
      await each(
        changes,
        ([name]) => name,
        async ([, change]) => {
          await rejects(storage.commit(change), 'storage.invalid-change', 'it')
          assert.equal(await storage.get(items, ['stored']), undefined)
          assert.deepEqual(await storage.events(0n, 9), [])
        },
      )
      assert.equal((await storage.get(items, ['there']))?.revision, 1)
    },
  )

  promised(
    'a change without insert, update or delete is rejected: its repetition would not show',
    async ({ storage }) => {
      await accept(storage, [item('there'), account('ann', 1n)])
      const add: Write = { op: 'add', table: accounts, key: ['ann', 1], column: 'balance', by: 1n }
      const require: Write = { op: 'require', ...on }
      const changes: [string, Change][] = [
        ['nothing', { writes: [] }],
        ['an event only', { writes: [], events: [event('item/a', 'x')] }],
        ['an add only', { writes: [add] }],
        ['a require only', { writes: [require] }],
        ['an add, a require and an event', { writes: [add, require], events: [event('a', 'x')] }],
      ]
      await each(
        changes,
        ([name]) => name,
        async ([, change]) => {
          await rejects(storage.commit(change), 'storage.invalid-change', 'it')
        },
      )
      assert.equal((await storage.get(accounts, ['ann', 1]))?.balance, 1n)
      assert.deepEqual(await storage.events(0n, 9), [])
    },
  )

  promised('a read that was built wrongly is rejected', async ({ storage }) => {
    const find = (query: object) => () => storage.find(items, query as Find)
    const reads: [string, () => Promise<unknown>][] = [
      ['get of an unknown table', () => storage.get(unknown, ['a'])],
      ['get with too few values', () => storage.get(accounts, ['ann'])],
      ['get with the wrong type', () => storage.get(items, [1])],
      [
        'find in an unknown table',
        () => storage.find(unknown, { index: 'key', equals: [], limit: 1 }),
      ],
      ['find by an unknown index', find({ index: 'note', equals: [], limit: 1 })],
      ['equals of the wrong type', find({ index: 'rank', equals: [1], limit: 1 })],
      ['equals with too many values', find({ index: 'key', equals: ['a', 'b'], limit: 1 })],
      ['upTo of the wrong type', find({ index: 'rank', equals: ['top'], upTo: 'a', limit: 1 })],
      ['upTo behind the last column', find({ index: 'key', equals: ['a'], upTo: 'b', limit: 1 })],
      ['after with too few values', find({ index: 'rank', equals: ['top'], after: [1], limit: 1 })],
      ['a negative limit', find({ index: 'key', equals: [], limit: -1 })],
      ['a broken limit', find({ index: 'key', equals: [], limit: 1.5 })],
      ['events after a negative cursor', () => storage.events(-1n, 1)],
      ['a claim with a negative lease', () => storage.claim('queue', { limit: 1, leaseFor: -1 })],
      ['a lease for a broken time', () => storage.lease('name', { holder: 'a', for: 0.5 })],
    ]
    await each(
      reads,
      ([name]) => name,
      async ([, read]) => {
        await rejects(read(), 'storage.invalid-change', 'it')
      },
    )
  })

  promised(
    'a value that its column cannot give back exactly is rejected and nothing is stored',
    async ({ storage }) => {
      const cyclic: Record<string, unknown> = {}
      cyclic.itself = cyclic
      const values: Record<string, readonly unknown[]> = {
        select: [1, null, undefined, 'a\0b', '\ud800', 'a\udc00b', new String('a')],
        amount: [1, '1', null, undefined, 2n ** 63n, -(2n ** 63n) - 1n, true],
        count: [1n, '1', null, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)],
        at: [1n, '1', null, 0.5, new Date(0), 2 ** 53],
        is_open: [0, 1, 'true', null, undefined],
        data: [undefined, () => 1, Symbol('a'), 1n, Number.NaN, [undefined], { a: 1n }, cyclic],
        bytes: ['00', null, [0], new ArrayBuffer(1), undefined],
        text_or_null: [1, undefined],
        amount_or_null: [1, undefined],
        count_or_null: [1n, undefined],
        at_or_null: ['1', undefined],
        is_open_or_null: [0, undefined],
        data_or_null: [1n, undefined],
        bytes_or_null: ['00', undefined],
      }
      await accept(storage, [insert(samples, sample(0n))])
      const cases = Object.entries(values).flatMap(([column, list]) =>
        list.map((value, at) => ({ column, value, at })),
      )
      await each(
        cases,
        ({ column, at }) => `${column}, value ${at}`,
        async ({ column, value }) => {
          const set = { [column]: value }
          const writes = [
            item('stored'),
            raw({ op: 'insert', table: samples, row: { ...sample(1n), ...set } }),
          ]
          await rejects(storage.commit({ writes }), 'storage.invalid-change', 'the insert')
          const update = raw({ op: 'update', table: samples, key: [0n], revision: 1, set })
          await rejects(
            storage.commit({ writes: [item('stored'), update] }),
            'storage.invalid-change',
            'the update',
          )
          assert.equal(await storage.get(items, ['stored']), undefined)
          assert.equal(await storage.get(samples, [1n]), undefined)
        },
      )
      assert.equal((await storage.get(samples, [0n]))?.revision, 1)
    },
  )
}
