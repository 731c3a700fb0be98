import { expect, test } from 'vitest'
import { readSat } from '../src/read-sat.ts'

test('amounts are whole, not negative, and at most all bitcoin there is', () => {
  const texts = ['0', '1', '2100000000000000', '2100000000000001', '-1', '1.5', '', '9'.repeat(19)]
  expect(texts.map(readSat)).toEqual([
    0n,
    1n,
    2_100_000_000_000_000n,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
