import { expect, test } from 'vitest'
import { spread } from '../crash-matrix/spread.ts'

test('each comes once, and those of any beginning are spread over the whole', () => {
  for (const count of [0, 1, 63, 64, 65, 1000]) {
    const all = Array.from({ length: count }, (_, index) => index)
    const order = [...spread(all)]
    expect(
      order.toSorted((one, other) => one - other),
      String(count),
    ).toEqual(all)
  }
  const beginning = [...spread(Array.from({ length: 6400 }, (_, index) => index))].slice(0, 400)
  const quarters = [0, 1, 2, 3].map(
    (quarter) => beginning.filter((index) => Math.floor(index / 1600) === quarter).length,
  )
  expect(quarters).toEqual([100, 100, 100, 100])
  // Not only the first of each: steps far apart as well.
  expect(new Set(beginning.map((index) => index % 64)).size).toBe(4)
})
