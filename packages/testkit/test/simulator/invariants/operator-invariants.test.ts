import { expect, test } from 'vitest'
import { book, payout, type Stage, stageFor } from './stage.ts'

test('operator-pays-itself', () => {
  const sat = 1000n
  /** The node has 1,000,000 sat, of which so much is owed to partners. */
  const open = (owedSat: bigint): Stage => {
    const stage = stageFor('operator-pays-itself')
    stage.commit([
      ...book('opening', 'opening', 'node', {
        'world/opening': -1_000_000n * sat,
        operator: 1_000_000n * sat,
      }),
      ...book('c1', 'correction', 'partner/bakery', {
        operator: -owedSat * sat,
        'partner/bakery': owedSat * sat,
      }),
    ])
    return stage
  }
  const own = (id: string, more: object = {}) =>
    payout(id, { partner: '@operator', destination: 'bcrt1operator', state: 'queued', ...more })
  // The operator keeps 400,000 sat, of which corrections may have taken 300,000 meanwhile.
  expect(open(900_000n).commit(own('p1'))).toBeUndefined()
  expect(open(900_001n).commit(own('p1'))).toContain('900001000 are owed')
  expect(open(0n).commit(own('p1', { destination: 'elsewhere' }))).toContain('pays elsewhere')
  const twice = open(0n)
  expect(twice.commit(own('p1'))).toBeUndefined()
  expect(twice.commit(own('p2'))).toContain('p1 and p2 both go to the operator')
  const again = open(0n)
  expect(again.commit(own('p1', { state: 'succeeded' }))).toBeUndefined()
  expect(again.commit(own('p2'))).toBeUndefined()
})
