import { expect, test } from 'vitest'
import {
  type FeePast,
  type FeePoint,
  type FeeTerms,
  judgeFee,
  readPast,
} from '../../src/domain/fee-policy.ts'

const policy = { hardCeiling: 50, ceiling: 20, percentile: 25, days: 4 }
const day = 86_400_000
const now = 1_800_000_000_000
const learned: FeePast = { recordedDays: 4, percentileFeerate: 5 }
const learning: FeePast = { recordedDays: 2, percentileFeerate: null }
const patient: FeeTerms = { isQuick: false, isReleased: false, ceiling: null, deadline: null }

test('the feerate is judged by ceilings, percentile and urgency', () => {
  const rows: readonly (readonly [number, Partial<FeeTerms>, FeePast, boolean, string, number])[] =
    [
      [4, {}, learned, true, 'low', 20],
      [5, {}, learned, true, 'low', 20],
      [5.1, {}, learned, false, 'feerate-above-percentile', 20],
      [20, {}, learned, false, 'feerate-above-percentile', 20],
      [20.1, {}, learned, false, 'feerate-above-ceiling', 20],
      [50.1, {}, learned, false, 'feerate-above-hard-ceiling', 50],
      [20, {}, learning, true, 'below-ceiling', 20],
      [20.1, {}, learning, false, 'feerate-above-ceiling', 20],
      [4, { ceiling: 3 }, learned, false, 'feerate-above-ceiling', 3],
      // A payout's own ceiling never lifts the operator's.
      [30, { ceiling: 40 }, learning, false, 'feerate-above-ceiling', 20],
      [50, { isQuick: true }, learned, true, 'quick', 50],
      [50, { isQuick: true, ceiling: 3 }, learned, true, 'quick', 50],
      [51, { isQuick: true }, learned, false, 'feerate-above-hard-ceiling', 50],
      [50, { isReleased: true }, learning, true, 'released', 50],
      [51, { isReleased: true }, learning, false, 'feerate-above-hard-ceiling', 50],
      [50, { deadline: now }, learned, true, 'deadline-passed', 50],
      [50, { deadline: now + 1 }, learned, false, 'feerate-above-ceiling', 20],
      [51, { deadline: now - day }, learned, false, 'feerate-above-hard-ceiling', 50],
      [Number.NaN, { isQuick: true }, learned, false, 'feerate-above-hard-ceiling', 50],
      [
        Number.POSITIVE_INFINITY,
        { isQuick: true },
        learned,
        false,
        'feerate-above-hard-ceiling',
        50,
      ],
    ]
  const wrong = rows.flatMap(([feerate, terms, past, isAcceptable, reason, ceiling], at) => {
    const found = judgeFee(feerate, { ...patient, ...terms }, past, policy, now)
    const isRight =
      found.isAcceptable === isAcceptable && found.reason === reason && found.ceiling === ceiling
    return isRight ? [] : [{ at, feerate, terms, found }]
  })
  expect(wrong).toEqual([])
})

test('what is paid is whole, at least 1, and never above a ceiling', () => {
  expect(judgeFee(0.2, patient, learned, policy, now).feerate).toBe(1)
  expect(judgeFee(3.01, patient, learned, policy, now).feerate).toBe(4)
  // 19.5 would be paid as 20, which is the ceiling; 20.5 as 21, which is above.
  expect(judgeFee(19.5, patient, learning, policy, now).isAcceptable).toBe(true)
  expect(judgeFee(20.5, patient, learning, policy, now).isAcceptable).toBe(false)
})

test('until every day is recorded nothing is low, and it says so', () => {
  const past = readPast([{ at: now - 10, satPerVbyte: 1 }], now, policy)
  expect(past).toEqual({ recordedDays: 1, percentileFeerate: null })
  const { says } = judgeFee(4, patient, past, policy, now)
  expect(says).toBe(
    'The chain asks 4 sat/vB, below the ceiling of 20; it alone decides until 4 days are recorded (1 are).',
  )
})

test('the percentile is the nearest rank of the last days', () => {
  const points = (rates: readonly number[]): FeePoint[] =>
    rates.map((satPerVbyte, at) => ({
      at: now - 4 * day + 1 + at * day * (4 / rates.length),
      satPerVbyte,
    }))
  expect(readPast(points([8, 2, 6, 4]), now, policy).percentileFeerate).toBe(2)
  expect(readPast(points([8, 2, 6, 4, 10, 1, 3, 9]), now, policy).percentileFeerate).toBe(2)
  expect(readPast(points([7, 7, 7, 7]), now, policy).percentileFeerate).toBe(7)
  const highest = { ...policy, percentile: 100 }
  expect(readPast(points([8, 2, 6, 4]), now, highest).percentileFeerate).toBe(8)
})

test('what is older, or dated by a clock that was ahead, does not count', () => {
  const recent = [0, 1, 2, 3].map((back) => ({ at: now - back * day, satPerVbyte: 10 }))
  const past = readPast(
    [{ at: now - 4 * day, satPerVbyte: 1 }, ...recent, { at: now + 1, satPerVbyte: 1 }],
    now,
    { ...policy, percentile: 1 },
  )
  expect(past).toEqual({ recordedDays: 4, percentileFeerate: 10 })
  // One day without any: it begins to learn again.
  expect(readPast(recent.slice(1), now, policy).percentileFeerate).toBeNull()
})
