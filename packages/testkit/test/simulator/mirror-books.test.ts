import { schema } from '@payment-node/core'
import { memory } from '@payment-node/storage-memory'
import { planRun, runPlan, type World } from '@payment-node/testkit'
import { expect, test } from 'vitest'

/** Claims move jobs without a commit. */
const movedByClaims = ['due_at', 'attempts', 'revision']

type Row = Readonly<Record<string, unknown>>

/** As text that can be compared, in any order. */
function textOf(rows: Iterable<Row>, table: string): string[] {
  return [...rows]
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name]) => table !== 'jobs' || !movedByClaims.includes(name))
          .sort(([one], [other]) => (one < other ? -1 : 1)),
        (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value),
      ),
    )
    .sort()
}

test('what the invariants read is what the storage has, row by row', {
  timeout: 60_000,
}, async () => {
  let compared = 0
  for (let seed = 1; seed <= 4; seed++) {
    let world: World | undefined
    await runPlan(planRun(seed), {
      prepare: (made) => {
        world = made
      },
    })
    const { books, data, clock } = world!
    const storage = memory({ data, exclusive: false })
    await storage.open(schema, { clock })
    for (const { name, ...table } of schema.tables) {
      const stored = await storage.find(
        { name, ...table },
        { index: 'key', equals: [], limit: 10_000 },
      )
      const mirrored = textOf(books.table(name).values(), name)
      expect({ seed, name, rows: mirrored }).toEqual({ seed, name, rows: textOf(stored, name) })
      compared += mirrored.length
    }
    const events = await storage.events(0n, 10_000)
    expect(books.events.map(({ id }) => id)).toEqual(events.map(({ id }) => id))
    await storage.close()
  }
  expect(compared).toBeGreaterThan(200)
})
