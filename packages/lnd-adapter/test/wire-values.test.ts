import { expect, test } from 'vitest'
import {
  hex,
  integer,
  nanosecondsToTime,
  satoshis,
  secondsToTime,
  smallInteger,
  text,
  transactionId,
} from '../src/wire-values.ts'

test('integers are exact, and anything else is refused', () => {
  expect(integer('18446744073709551615')).toBe(18_446_744_073_709_551_615n)
  expect(satoshis('2100000000000000')).toBe(2_100_000_000_000_000_000n)
  expect(smallInteger('-5')).toBe(-5)
  for (const wrong of ['', '1.5', '0x10', '1e3', ' 1', '123456789012345678901']) {
    expect(() => integer(wrong), wrong).toThrow(TypeError)
  }
  expect(() => smallInteger('9007199254740993')).toThrow(RangeError)
})

test('times are milliseconds', () => {
  expect(secondsToTime('1700000000')).toBe(1_700_000_000_000)
  expect(nanosecondsToTime('1700000000123999999')).toBe(1_700_000_000_123)
})

test('empty bytes and empty text mean that a field is not set', () => {
  expect(hex(Buffer.alloc(0))).toBeUndefined()
  expect(hex(Buffer.from([0, 255]))).toBe('00ff')
  expect(text('')).toBeUndefined()
})

test('transaction ids in bytes are turned into display order', () => {
  const internal = Buffer.from([...Array(32).keys()])
  expect(transactionId(internal)).toBe(
    '1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100',
  )
  expect(internal[0]).toBe(0)
  expect(() => transactionId(Buffer.alloc(31))).toThrow('32 bytes')
})
