import { expect, test } from 'vitest'
import { utcMonth } from '../../src/domain/utc-month.ts'

test('the month is the calendar’s, on every day from 1970 to 2400', () => {
  const day = 86_400_000
  const end = Date.UTC(2400, 2, 2)
  for (let at = 0; at < end; at += day) {
    const expected = new Date(at).toISOString().slice(0, 7)
    if (utcMonth(at) !== expected || utcMonth(at + day - 1) !== expected) {
      expect.unreachable(
        `${new Date(at).toISOString()}: ${utcMonth(at)}, ${utcMonth(at + day - 1)}`,
      )
    }
  }
  expect(utcMonth(Date.UTC(2026, 0, 31, 23, 59, 59, 999))).toBe('2026-01')
  expect(utcMonth(Date.UTC(2026, 1, 1))).toBe('2026-02')
})
