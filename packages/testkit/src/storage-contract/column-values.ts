import assert from 'node:assert/strict'
import { type Fields, insert, update } from '@payment-node/core'
import { item, itemOf, sample } from './rows.ts'
import { items, samples } from './test-tables.ts'
import { accept, each, type Promised } from './under-test.ts'

const texts = [
  '',
  ' ',
  `quotes ' " \` and '' "" ; -- /* */`,
  'back\\slash %s $1 ? :a @b',
  'line\nbreak\r\n\ttab\u0001\u007f\u2028',
  'ä é e\u0301 ﷺ 中文',
  '😀👨‍👩‍👧 𐍈',
  '\ufeffmark \ufffd \uffff',
  'null',
  '0',
  'x'.repeat(100_000),
]

const jsons: readonly unknown[] = [
  null,
  true,
  0,
  -1.5e-7,
  '',
  'text',
  [],
  {},
  [null, [1, [2, []]]],
  { b: 1, a: { nested: [true, { deep: 'ü😀' }] }, '': '', 'quote"': "'" },
  { nul: '\0', half: '\ud800', key: JSON.parse('{"__proto__":null}') },
  Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`key ${at}`, at])),
]

type Sample = Fields<typeof samples>

const columns: { [K in keyof Sample]?: readonly Sample[K][] } = {
  select: texts,
  text_or_null: [null, ...texts],
  amount: [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  amount_or_null: [null, 0n, 2n ** 63n - 1n],
  count: [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  count_or_null: [null, 0],
  at: [0, 1, -1, 1_800_000_000_123, Number.MAX_SAFE_INTEGER],
  at_or_null: [null, 0],
  is_open: [true, false],
  is_open_or_null: [null, true, false],
  data: jsons,
  data_or_null: jsons,
  bytes: [
    new Uint8Array(0),
    Uint8Array.of(0),
    Uint8Array.from({ length: 256 }, (_, at) => at),
    new Uint8Array(100_000).fill(7),
  ],
  bytes_or_null: [null, new Uint8Array(0), Uint8Array.of(0, 255)],
}

export function columnValuesContract(promised: Promised): void {
  promised(
    'every value of every column type comes back exactly, from insert and from update',
    async ({ storage }) => {
      const cases = Object.entries(columns).flatMap(([column, values]) =>
        values.map((value, at) => ({ column, value, at })),
      )
      let id = 0n
      await each(
        cases,
        ({ column, at }) => `${column}, value ${at}`,
        async ({ column, value }) => {
          id += 2n
          const plain = sample(id + 1n)
          await accept(storage, [
            insert(samples, { ...sample(id), [column]: value }),
            insert(samples, plain),
          ])
          await accept(storage, [
            update(samples, { ...plain, revision: 1 }, { [column]: value } as Partial<Sample>),
          ])
          for (const key of [id, id + 1n]) {
            const { revision: _, ...fields } = (await storage.get(samples, [key]))!
            assert.deepEqual(fields, { ...sample(key), [column]: value })
          }
          const [found] = await storage.find(samples, { index: 'key', equals: [id], limit: 1 })
          assert.deepEqual(found?.[column as keyof Sample], value)
        },
      )
    },
  )

  promised(
    '-0 is kept as 0, a Buffer is read as a plain Uint8Array, undefined members of JSON are left out',
    async ({ storage }) => {
      const data = { kept: 1, left: undefined }
      await accept(storage, [
        insert(samples, { ...sample(1n), count: -0, at: -0, bytes: Buffer.from('hi'), data }),
      ])
      const row = (await storage.get(samples, [1n]))!
      assert.ok(Object.is(row.count, 0) && Object.is(row.at, 0))
      assert.equal(Object.getPrototypeOf(row.bytes), Uint8Array.prototype)
      assert.deepEqual(row.bytes, Uint8Array.of(104, 105))
      assert.deepEqual(row.data, { kept: 1 })
    },
  )

  promised('bytes and JSON are copied on the way in and on the way out', async ({ storage }) => {
    const bytes = Uint8Array.of(1, 2, 3)
    const data = { list: [1] }
    const committing = storage.commit({ writes: [insert(samples, { ...sample(1n), bytes, data })] })
    bytes[0] = 9
    data.list.push(2)
    await committing
    const first = (await storage.get(samples, [1n]))!
    assert.deepEqual([first.bytes, first.data], [Uint8Array.of(1, 2, 3), { list: [1] }])
    first.bytes[0] = 9
    ;(first.data as typeof data).list.push(2)
    const second = (await storage.get(samples, [1n]))!
    assert.deepEqual([second.bytes, second.data], [Uint8Array.of(1, 2, 3), { list: [1] }])
  })

  promised('what a reader does to a row does not reach the books', async ({ storage }) => {
    await accept(storage, [item('a')])
    const rows = [
      await itemOf(storage, 'a'),
      ...(await storage.find(items, { index: 'key', equals: [], limit: 1 })),
    ]
    for (const row of rows) {
      try {
        ;(row as { note: unknown }).note = 'changed'
      } catch (error) {
        assert.ok(error instanceof TypeError, 'a frozen row')
      }
    }
    assert.equal((await itemOf(storage, 'a')).note, null)
  })
}
