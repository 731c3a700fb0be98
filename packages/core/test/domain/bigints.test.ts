import { expect, test } from 'vitest'
import {
  atLeastZero,
  largest,
  least,
  sumOf,
  toNextSat,
  toWholeSat,
} from '../../src/domain/bigints.ts'

test('least, largest, sums, and the two roundings to whole satoshi', () => {
  expect([least(1n, 2n), least(2n, 1n), largest(1n, 2n), largest(2n, 1n)]).toEqual([1n, 1n, 2n, 2n])
  expect([atLeastZero(-1n), atLeastZero(1n)]).toEqual([0n, 1n])
  expect([sumOf([]), sumOf([1n, 2n, -4n])]).toEqual([0n, -1n])
  const rows = [0n, 1n, 999n, 1000n, 1001n]
  expect(rows.map(toWholeSat)).toEqual([0n, 0n, 0n, 1000n, 1000n])
  expect(rows.map(toNextSat)).toEqual([1000n, 1000n, 1000n, 2000n, 2000n])
})
