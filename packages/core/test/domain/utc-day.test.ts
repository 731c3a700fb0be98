import { expect, test } from 'vitest'
import { daysSince1970, utcDay } from '../../src/domain/utc-day.ts'

const day = 86_400_000

test('every day of 600 years is the calendar s, and reads back', () => {
  const wrong: string[] = []
  for (let days = 0; days < 219_146; days++) {
    const wanted = new Date(days * day).toISOString().slice(0, 10)
    const first = utcDay(days * day)
    const last = utcDay((days + 1) * day - 1)
    if (first !== wanted || last !== wanted || daysSince1970(wanted) !== days) wrong.push(wanted)
  }
  expect(wrong).toEqual([])
})

test('what is no day of the calendar is none', () => {
  const rows = [
    '2026-02-29',
    '2100-02-29',
    '2026-06-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '1969-12-31',
    '0000-01-01',
    '26-01-01',
    '2026-1-1',
    '2026-01-01T00:00',
    '',
    'today',
    '２０２６-01-01',
  ]
  for (const text of rows) expect(daysSince1970(text), text).toBeUndefined()
  expect(daysSince1970('2024-02-29')).toBe(19_782)
  expect(daysSince1970('9999-12-31')).toBe(2_932_896)
})
