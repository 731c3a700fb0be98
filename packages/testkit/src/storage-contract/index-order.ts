import assert from 'node:assert/strict'
import { type Find, insert, type Key, remove, type Storage, update } from '@payment-node/core'
import { account, item, itemOf, sample } from './rows.ts'
import { accounts, items, samples } from './test-tables.ts'
import { accept, each, type Promised } from './under-test.ts'

type Item = { id: string; shelf: string; label: string; rank: number }

/** In this order by UTF-8 bytes; by UTF-16 units the last two groups would change places. */
const ordered = [
  '',
  ' ',
  '0',
  '10',
  '9',
  'A',
  'Z',
  'a',
  'aa',
  'a😀',
  'b',
  'z',
  'é',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\uffff',
  '\u{10000}',
  '😀',
  '😀a',
  '\u{10ffff}',
]

const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other))

/** 60 rows on three shelves; many share shelf and rank. */
async function fill(storage: Storage): Promise<Item[]> {
  const rows: Item[] = Array.from({ length: 60 }, (_, at) => ({
    id: ordered[(at * 8) % 21]! + at,
    shelf: ['top', '😀', '\uffff'][at % 3]!,
    label: `label ${at}`,
    rank: ((at * 7) % 5) - 2,
  }))
  await accept(
    storage,
    rows.map((row) => item(row.id, row)),
  )
  return rows
}

/** All pages of a query, each starting behind the last row of the one before. */
async function pages(
  storage: Storage,
  query: Find,
  behind: readonly (keyof Item)[],
): Promise<string[]> {
  const ids: string[] = []
  let after: Key | undefined
  for (;;) {
    const page = await storage.find(items, after ? { ...query, after } : query)
    assert.ok(page.length <= query.limit, 'a page is longer than its limit')
    ids.push(...page.map(({ id }) => id))
    assert.ok(ids.length <= 1_000, 'the pages do not end')
    const last = page.at(-1)
    if (!last) return ids
    after = behind.map((column) => last[column])
  }
}

export function indexOrderContract(promised: Promised): void {
  promised(
    'text sorts by UTF-8 bytes, in keys and in indexes, also beyond the first plane',
    async ({ storage }) => {
      assert.deepEqual([...ordered].sort(byBytes), ordered)
      const shuffled = ordered.map((_, at) => ordered[(at * 8) % ordered.length]!)
      await accept(
        storage,
        shuffled.map((text, at) => item(text, { label: text, rank: at })),
      )
      for (const index of ['key', 'label', 'shelf_label', 'label_rank']) {
        const equals = index === 'shelf_label' ? ['top'] : []
        const up = await storage.find(items, { index, equals, limit: 99 })
        assert.deepEqual(
          up.map(({ id }) => id),
          ordered,
          index,
        )
        const down = await storage.find(items, { index, equals, limit: 99, descending: true })
        assert.deepEqual(
          down.map(({ id }) => id),
          [...ordered].reverse(),
          `${index}, descending`,
        )
      }
    },
  )

  promised('numbers and bigints sort by value', async ({ storage }) => {
    const amounts = [
      -(2n ** 63n),
      -(2n ** 53n) - 1n,
      -1n,
      0n,
      9n,
      10n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
    ]
    const shuffled = amounts.map((_, at) => amounts[(at * 3) % amounts.length]!)
    await accept(
      storage,
      shuffled.map((id) => insert(samples, { ...sample(id), count: Number(id / 2048n) })),
    )
    for (const index of ['key', 'count']) {
      const rows = await storage.find(samples, { index, equals: [], limit: 99 })
      assert.deepEqual(
        rows.map(({ id }) => id),
        amounts,
        index,
      )
    }
    const few = await storage.find(samples, {
      index: 'key',
      equals: [],
      upTo: -1n,
      after: [amounts[0]!],
      limit: 9,
    })
    assert.deepEqual(
      few.map(({ id }) => id),
      amounts.slice(1, 3),
    )
  })

  promised('rows with equal index values come in the order of their key', async ({ storage }) => {
    await accept(storage, [
      ...['b', '\uffff', '😀', 'a'].map((id) => item(id, { label: id })),
      ...[3, 1, 2].map((number) => account('ann', 0n, number)),
    ])
    const found = await storage.find(items, { index: 'rank', equals: ['top', 1], limit: 9 })
    assert.deepEqual(
      found.map(({ id }) => id),
      ['a', 'b', '\uffff', '😀'],
    )
    const numbers = await storage.find(accounts, { index: 'key', equals: ['ann'], limit: 9 })
    assert.deepEqual(
      numbers.map(({ number }) => number),
      [1, 2, 3],
    )
  })

  promised(
    'pages of every size, index and direction together give each row once, in order',
    async ({ storage }) => {
      const rows = await fill(storage)
      const queries: {
        index: string
        equals: Key
        behind: (keyof Item)[]
        upTo?: number | string
      }[] = [
        { index: 'key', equals: [], behind: ['id'] },
        { index: 'key', equals: [], behind: ['id'], upTo: '😀' },
        { index: 'rank', equals: [], behind: ['shelf', 'rank', 'id'] },
        { index: 'rank', equals: [], behind: ['shelf', 'rank', 'id'], upTo: '\uffff' },
        { index: 'rank', equals: ['top'], behind: ['rank', 'id'] },
        { index: 'rank', equals: ['😀'], behind: ['rank', 'id'], upTo: 0 },
        { index: 'rank', equals: ['\uffff', 0], behind: ['id'] },
        { index: 'rank', equals: ['\uffff', 0], behind: ['id'], upTo: 'a' },
        { index: 'rank', equals: ['nowhere'], behind: ['rank', 'id'] },
        { index: 'label', equals: [], behind: ['label', 'id'] },
        { index: 'shelf_label', equals: ['top'], behind: ['label', 'id'], upTo: 'label 4' },
        { index: 'shelf_label', equals: ['top', 'label 0'], behind: ['id'] },
      ]
      const cases = queries.flatMap((query) =>
        [1, 2, 7, 60, 1000].flatMap((limit) =>
          [false, true].map((isDescending) => ({ ...query, limit, isDescending })),
        ),
      )
      await each(
        cases,
        (one) => JSON.stringify(one),
        async ({ index, equals, behind, upTo, limit, isDescending }) => {
          const query: Find = {
            index,
            equals,
            limit,
            ...(upTo !== undefined && { upTo }),
            ...(isDescending && { descending: true as const }),
          }
          const expected = expectedIds(rows, { index, equals, behind, upTo, isDescending })
          assert.deepEqual(await pages(storage, query, behind), expected)
        },
      )
    },
  )

  promised(
    'upTo includes its bound, from above and, descending, from below',
    async ({ storage }) => {
      await accept(
        storage,
        [1, 2, 3, 4].map((rank) => item(`${rank}`, { rank })),
      )
      const ids = async (query: object): Promise<string[]> =>
        (await storage.find(items, { index: 'rank', equals: ['top'], limit: 9, ...query })).map(
          ({ id }) => id,
        )
      assert.deepEqual(await ids({ upTo: 3 }), ['1', '2', '3'])
      assert.deepEqual(await ids({ upTo: 3, descending: true }), ['4', '3'])
      assert.deepEqual(await ids({ upTo: 0 }), [])
      assert.deepEqual(await ids({ upTo: 5, descending: true }), [])
      assert.deepEqual(await ids({ limit: 0 }), [])
      assert.deepEqual(await ids({ after: [2, '2'] }), ['3', '4'])
      assert.deepEqual(await ids({ after: [2, '2'], descending: true }), ['1'])
      assert.deepEqual(
        await ids({ after: [9, 'row that is not there'], descending: true, limit: 1 }),
        ['4'],
      )
    },
  )

  promised('an index follows every write', async ({ storage }) => {
    const ids = async (equals: Key): Promise<string[]> =>
      (await storage.find(items, { index: 'rank', equals, limit: 9 })).map(({ id }) => id)
    await accept(storage, [item('a'), item('b'), account('ann', 1n)])
    await accept(storage, [update(items, await itemOf(storage, 'a'), { rank: 5, shelf: 'low' })])
    assert.deepEqual(
      [await ids(['top', 1]), await ids(['low', 5]), await ids(['low', 1])],
      [['b'], ['a'], []],
    )
    await accept(storage, [remove(items, await itemOf(storage, 'a'))])
    assert.deepEqual([await ids(['top']), await ids(['low'])], [['b'], []])
    await accept(storage, [insert(samples, { ...sample(1n), count: 1 })])
    await accept(storage, [
      item('c'),
      { op: 'add', table: samples, key: [1n], column: 'count', by: 6n },
    ])
    const counted = await storage.find(samples, { index: 'count', equals: [7], limit: 9 })
    assert.deepEqual(
      counted.map(({ id }) => id),
      [1n],
    )
    assert.deepEqual(await storage.find(samples, { index: 'count', equals: [1], limit: 9 }), [])
  })
}

function expectedIds(
  rows: readonly Item[],
  query: {
    index: string
    equals: Key
    behind: readonly (keyof Item)[]
    upTo: number | string | undefined
    isDescending: boolean
  },
): string[] {
  const order: Record<string, (keyof Item)[]> = {
    key: ['id'],
    rank: ['shelf', 'rank', 'id'],
    label: ['label', 'id'],
    shelf_label: ['shelf', 'label', 'id'],
  }
  const compare = (one: string | number, other: string | number): number =>
    typeof one === 'string' ? byBytes(one, String(other)) : one - Number(other)
  const sign = query.isDescending ? -1 : 1
  const next = query.behind[0]!
  return rows
    .filter((row) => query.equals.every((value, at) => row[order[query.index]![at]!] === value))
    .filter((row) => query.upTo === undefined || sign * compare(row[next], query.upTo) <= 0)
    .sort((one, other) => {
      const differing = query.behind.find((column) => one[column] !== other[column])
      return differing ? sign * compare(one[differing], other[differing]) : 0
    })
    .map(({ id }) => id)
}
