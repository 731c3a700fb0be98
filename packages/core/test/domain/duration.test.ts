import { expect, test } from 'vitest'
import { readDuration } from '../../src/domain/duration.ts'
import { PaymentNodeError } from '../../src/errors.ts'

const read: readonly [unknown, number][] = [
  [1, 1],
  [90, 90],
  [31_536_000, 31_536_000],
  ['1s', 1],
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['30d', 2_592_000],
  ['1w', 604_800],
  ['365d', 31_536_000],
]

const refused: readonly [unknown, string][] = [
  [undefined, 'wrong-type'],
  [null, 'wrong-type'],
  [true, 'wrong-type'],
  [15n, 'wrong-type'],
  [{}, 'wrong-type'],
  [['15m'], 'wrong-type'],
  [Number.NaN, 'not-a-number'],
  [Number.POSITIVE_INFINITY, 'not-finite'],
  [Number.NEGATIVE_INFINITY, 'not-finite'],
  [1.5, 'fraction'],
  [0, 'too-short'],
  [-60, 'too-short'],
  [1e21, 'too-long'],
  ['0s', 'too-short'],
  ['', 'malformed'],
  ['15', 'malformed'],
  ['15 m', 'malformed'],
  [' 15m', 'malformed'],
  ['15M', 'malformed'],
  ['15min', 'malformed'],
  ['015m', 'malformed'],
  ['-15m', 'malformed'],
  ['+15m', 'malformed'],
  ['1.5h', 'malformed'],
  ['1e3s', 'malformed'],
  ['0x10s', 'malformed'],
  ['1h30m', 'malformed'],
  ['P1D', 'malformed'],
  ['99999999999s', 'malformed'],
]

test('durations are whole seconds or text with one unit', () => {
  for (const [given, seconds] of read)
    expect(readDuration(given, 'timeout'), String(given)).toBe(seconds)
  for (const [given, reason] of refused) {
    let thrown: unknown
    try {
      readDuration(given, 'timeout')
    } catch (error) {
      thrown = error
    }
    expect(PaymentNodeError.is(thrown, 'input.invalid'), String(given)).toBe(true)
    expect((thrown as PaymentNodeError).details, String(given)).toEqual({
      field: 'timeout',
      reason,
    })
    expect((thrown as PaymentNodeError).message).toContain('timeout')
  }
})

test('a range is inclusive at both ends', () => {
  const range = { minimum: 60, maximum: 3600 }
  expect(readDuration('1m', 'expiresIn', range)).toBe(60)
  expect(readDuration('1h', 'expiresIn', range)).toBe(3600)
  expect(() => readDuration(59, 'expiresIn', range)).toThrow('less than 60 s')
  expect(() => readDuration(3601, 'expiresIn', range)).toThrow('more than 3600 s')
})
