import { expect, test } from 'vitest'
import { openingPause, type RecentOpening } from '../../src/domain/opening-pause.ts'

const minute = 60_000
const now = 5000
const failed = (reason: string, updatedAt = 0): RecentOpening => ({
  state: 'failed',
  reason,
  updatedAt,
})
const open: RecentOpening = { state: 'open', reason: null, updatedAt: 0 }

test('only failures that are nobody’s make a pause, longer with each in a row', () => {
  const reserve = (count: number): RecentOpening[] =>
    Array.from({ length: count }, () => failed('reserve', 1000))
  const rows: [string, readonly RecentOpening[], number][] = [
    ['nothing yet', [], 0],
    ['open', [open, ...reserve(3)], 0],
    ['the peer’s fault', [failed('peer-refused'), ...reserve(3)], 0],
    ['under way', [{ ...open, state: 'opening' }], 0],
    ['abandoned: the coins are another transaction’s', [{ ...open, state: 'abandoned' }], 0],
    ['one', reserve(1), 1000 + minute],
    ['one after an open one', [...reserve(1), open, ...reserve(3)], 1000 + minute],
    ['one after a peer’s', [...reserve(1), failed('too-small')], 1000 + minute],
    ['two', reserve(2), 1000 + 2 * minute],
    ['six', reserve(6), 1000 + 32 * minute],
    ['at most an hour', reserve(8), 1000 + 60 * minute],
    ['halted', [failed('halted', 5)], 5 + minute],
    ['dated by a clock that was ahead', [failed('reserve', now + 1)], 0],
    ['now', [failed('reserve', now)], now + minute],
    [
      'one of a clock that was ahead, and one since',
      [failed('reserve', 1e9), failed('reserve', 9)],
      9 + minute,
    ],
    [
      'an open one of a clock that was ahead',
      [{ ...open, updatedAt: 1e9 }, ...reserve(1)],
      1000 + minute,
    ],
    ['coins gone', [failed('coins-spent', 5)], 5 + minute],
  ]
  for (const [is, recent, expected] of rows) expect(openingPause(recent, now), is).toBe(expected)
})
