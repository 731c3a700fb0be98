import { expect, test } from 'vitest'
import { addTo, countUp } from '../../src/tables/count-up.ts'
import { dayTotals } from '../../src/tables/payouts.ts'

const total = {
  table: dayTotals,
  row: { node: 'n', network: 'regtest', day: '7' },
  column: 'amount_msat',
} as const
const absent = { get: async () => undefined }
const there = { get: async () => ({}) as never }
const add = { op: 'add', table: dayTotals, key: ['n', '7'], column: 'amount_msat' }

test('the first count inserts its row, within the bound only; every other one is a bounded add', async () => {
  const first = { op: 'insert', table: dayTotals, row: { ...total.row, amount_msat: 10n } }
  expect(await countUp(absent, total, 10n)).toEqual(first)
  expect(await countUp(absent, total, 10n, 10n)).toEqual(first)
  // Refused: the row is not there.
  expect(await countUp(absent, total, 11n, 10n)).toEqual({ ...add, by: 11n, max: 10n })
  expect(await countUp(there, total, 3n, 10n)).toEqual({ ...add, by: 3n, max: 10n })
  expect(await countUp(there, total, 3n)).toEqual({ ...add, by: 3n })
  expect(addTo(total, -3n, { min: 0n })).toEqual({ ...add, by: -3n, min: 0n })
  expect(addTo(total, -3n)).toEqual({ ...add, by: -3n })
})
