import { expect, test } from 'vitest'
import { afterOutcome, newHealth } from '../../src/domain/provider-health.ts'
import { bookSwap } from '../../src/domain/swap-bookings.ts'
import { claimFeerate, isWorthReplacing, worstClaimSat } from '../../src/domain/swap-claim-fee.ts'
import {
  costAtLimitSat,
  expectedCostSat,
  judgeQuote,
  ppmOf,
  splitAmount,
  worstCostSat,
} from '../../src/domain/swap-offer.ts'

test('a claim pays what the chain asks, never above its limit before the reveal or while there is time, ever more near the timeout', () => {
  const rows = [
    [10, 30, false, 144, 10],
    [50, 30, false, 144, 30],
    [50, 30, false, 5, 30],
    [10, 30, true, 144, 10],
    [50, 30, true, 144, 30],
    [1_000_000, 30, true, 73, 30],
    [50, 30, true, 72, 75],
    [50, 30, true, 36, 150],
    [50, 30, true, 12, 500],
    [50, 30, true, 6, 1000],
    [50, 30, true, 5, 2000],
    [50, 30, true, 0, 64_000],
    [50, 30, true, -3, 64_000],
  ] as const
  const wrong = rows.filter(
    ([feerate, ceiling, isRevealed, blocksLeft, wanted]) =>
      claimFeerate({ feerate, ceiling, isRevealed, blocksLeft }) !== wanted,
  )
  expect(wrong).toEqual([])
  expect(worstClaimSat(30)).toBe(4560n)
  const last = { feeSat: 1110n, virtualBytes: 111 }
  expect([10.9, 11, 20].map((feerate) => isWorthReplacing(last, feerate))).toEqual([
    false,
    true,
    true,
  ])
})

test('an amount above a limit is split as evenly as can be', () => {
  const split = (
    amountSat: bigint,
    minimumSat: bigint,
    maximumSat: bigint,
    perSwapSat = 1_000_000n,
  ) => splitAmount({ amountSat, limits: { minimumSat, maximumSat }, perSwapSat })
  expect(split(500_000n, 50_000n, 600_000n)).toEqual({ ok: true, piecesSat: [500_000n] })
  expect(split(600_001n, 50_000n, 600_000n)).toEqual({ ok: true, piecesSat: [300_001n, 300_000n] })
  expect(split(2_500_000n, 50_000n, 25_000_000n)).toEqual({
    ok: true,
    piecesSat: [833_334n, 833_333n, 833_333n],
  })
  expect(split(49_999n, 50_000n, 600_000n)).toEqual({ ok: false, reason: 'below-minimum' })
  // Half of it would be too small, and all of it too large.
  expect(split(110n, 60n, 100n)).toEqual({ ok: false, reason: 'below-minimum' })
  expect(split(1_000_000n, 1n, 100n)).toEqual({ ok: false, reason: 'too-many-swaps' })
  const nonsense: readonly (readonly [unknown, unknown])[] = [
    [-1n, 100n],
    [1n, 0n],
    [5n, 4n],
    [1n, 10n ** 20n],
    [1, 100n],
    [undefined, 100n],
    [1n, null],
  ]
  for (const [minimum, maximum] of nonsense)
    expect(split(10n, minimum as bigint, maximum as bigint), `${minimum} ${maximum}`).toEqual({
      ok: false,
      reason: 'malformed',
    })
})

test('a quote that is none is not used', () => {
  const quote = {
    amountSat: 1000n,
    serviceSat: 5n,
    lockupSat: 3n,
    claimSat: 2n,
    prepayAtRiskSat: 0n,
    expiresAt: 100,
  }
  const rows: readonly (readonly [unknown, string | undefined])[] = [
    [quote, undefined],
    [{ ...quote, serviceSat: -5n }, undefined],
    [{ ...quote, priceId: 'x' }, undefined],
    [null, 'malformed'],
    ['5 sat', 'malformed'],
    [{}, 'malformed'],
    [{ ...quote, serviceSat: 5 }, 'malformed'],
    [{ ...quote, serviceSat: 1001n }, 'malformed'],
    [{ ...quote, serviceSat: -1001n }, 'malformed'],
    [{ ...quote, serviceSat: 997n }, 'malformed'],
    [{ ...quote, lockupSat: -1n }, 'malformed'],
    [{ ...quote, lockupSat: 10n ** 30n }, 'malformed'],
    [{ ...quote, prepayAtRiskSat: -1n }, 'malformed'],
    [{ ...quote, claimSat: '2' }, 'malformed'],
    [{ ...quote, expiresAt: Number.NaN }, 'malformed'],
    [{ ...quote, expiresAt: '100' }, 'malformed'],
    [{ ...quote, priceId: 7 }, 'malformed'],
    [{ ...quote, priceId: 'x'.repeat(2000) }, 'malformed'],
    [{ ...quote, amountSat: 999n }, 'other-amount'],
    [{ ...quote, expiresAt: 50 }, 'expired'],
  ]
  const wrong = rows.filter(([value, wanted]) => judgeQuote(value, 1000n, 50) !== wanted)
  expect(wrong).toEqual([])
})

test('what a swap may cost is all of its limits together', () => {
  const costs = {
    serviceSat: 500n,
    routingSat: 20n,
    routingLimitSat: 100n,
    claimSat: 20n,
    claimLimitSat: 300n,
    prepaySat: 7n,
  }
  expect(expectedCostSat(costs)).toBe(540n)
  expect(costAtLimitSat(costs)).toBe(620n)
  expect(worstCostSat(costs)).toBe(907n)
  // A gift is no budget.
  expect(worstCostSat({ ...costs, serviceSat: -50n })).toBe(407n)
  expect([ppmOf(620n, 100_000n), ppmOf(1n, 3_000_000n), ppmOf(0n, 5n), ppmOf(1n, 0n)]).toEqual([
    6200n,
    1n,
    0n,
    0n,
  ])
})

test('every booking sums to zero, and says where the money is', () => {
  const moves = {
    paidMsat: 1_000_000n,
    routingMsat: 700n,
    lockupMsat: 990_000n,
    claimFeeMsat: 5_000n,
  }
  const legsOf = (more: object) => {
    const { legs, kind } = bookSwap('s', { ...moves, ...more })
    expect(legs.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)).toBe(0n)
    return [kind, Object.fromEntries(legs.map(({ account, amountMsat }) => [account, amountMsat]))]
  }
  expect(legsOf({})).toEqual([
    'swap-claimed',
    {
      operator: -15_700n,
      'world/swap-fees': 10_000n,
      'world/routing-fees': 700n,
      'world/onchain-fees': 5_000n,
    },
  ])
  expect(legsOf({ leavesNode: true })).toEqual([
    'swap-claimed',
    {
      operator: -1_000_700n,
      'world/swap-fees': 10_000n,
      'world/routing-fees': 700n,
      'world/onchain-fees': 5_000n,
      'world/deposits': 985_000n,
    },
  ])
  expect(legsOf({ lockupMsat: 0n, claimFeeMsat: 0n })).toEqual([
    'swap-lost',
    { operator: -1_000_700n, 'world/swap-losses': 1_000_000n, 'world/routing-fees': 700n },
  ])
  // The provider never took the payment: its lockup is a gift.
  expect(legsOf({ paidMsat: 0n, routingMsat: 0n })).toEqual([
    'swap-claimed',
    { operator: 985_000n, 'world/swap-fees': -990_000n, 'world/onchain-fees': 5_000n },
  ])
})

test('a provider that fails is left alone ever longer; one that lies, until somebody says otherwise', () => {
  const minute = 60_000
  let health = newHealth
  const pauses: number[] = []
  for (let failure = 0; failure < 10; failure++) {
    health = afterOutcome(health, failure % 2 ? 'refused' : 'failed', { now: 0, reason: 'x' })
    pauses.push(health.quarantinedUntil! / minute)
  }
  expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440])
  expect([health.failed, health.refused, health.failures]).toEqual([5, 5, 10])
  const well = afterOutcome(health, 'completed', { now: 5, reason: 'x', took: 1000 })
  expect([well.failures, well.quarantinedUntil, well.completed, well.milliseconds]).toEqual([
    0,
    null,
    1,
    1000,
  ])
  expect(afterOutcome(well, 'created', { now: 5, reason: 'x' })).toEqual({ ...well, created: 1 })
  const liar = afterOutcome(well, 'lied', { now: 5, reason: 'address-differs' })
  expect([liar.disabledReason, liar.failed]).toEqual(['address-differs', 6])
  expect(afterOutcome(liar, 'completed', { now: 9, reason: 'x' }).disabledReason).toBe(
    'address-differs',
  )
})
