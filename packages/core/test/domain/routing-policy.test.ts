import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decideRoutingFee,
  outboundShare,
  type RoutingRule,
} from '../../src/domain/routing-policy.ts'

const rule: RoutingRule = { baseFeeMsat: 0n, lowestRate: 50, highestRate: 500, steps: 5 }
const rateFor = (share: number, feeRatePpm: number, other: Partial<RoutingRule> = {}): number =>
  decideRoutingFee({ ...rule, ...other }, share, { baseFeeMsat: 0n, feeRatePpm }).feeRatePpm

test('scarce outbound costs more, in steps, and a rate stays until it is three quarters of a step off', () => {
  // Steps of 90 ppm, each a fifth of the share: 50, 140, 230, 320, 410, 500.
  const table: readonly [share: number, current: number, wanted: number][] = [
    [1, 1, 50],
    [0, 1, 500],
    [0.5, 1, 320],
    [0.49, 1, 320],
    [0.51, 1, 230],
    // Half a step away it would be the next one, but it is on a step already.
    [0.5, 230, 230],
    [0.45, 230, 230],
    [0.44, 230, 320],
    [0.75, 230, 230],
    [0.76, 230, 140],
    // Once changed, it does not change back for the same share, nor for a little less.
    [0.44, 320, 320],
    [0.54, 320, 320],
    [0.56, 320, 230],
    // Somebody else's.
    [0.6, 231, 230],
    [0.6, 0, 230],
    [0.6, 5000, 230],
  ]
  for (const [share, current, wanted] of table)
    expect(rateFor(share, current), `${share} at ${current}`).toBe(wanted)
})

test('the base fee is the rule s, whatever the rate', () => {
  const fee = decideRoutingFee({ ...rule, baseFeeMsat: 7n }, 0.6, {
    baseFeeMsat: 1000n,
    feeRatePpm: 230,
  })
  expect(fee).toEqual({ baseFeeMsat: 7n, feeRatePpm: 230 })
})

const rules = fc
  .tuple(
    fc.integer({ min: 0, max: 50_000 }),
    fc.integer({ min: 0, max: 50_000 }),
    fc.integer({ min: 1, max: 100 }),
  )
  .map(([a, b, steps]) => ({
    baseFeeMsat: 0n,
    lowestRate: Math.min(a, b),
    highestRate: Math.max(a, b),
    steps,
  }))
const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000)

test('within its bounds, settled at once, and never lower for less outbound', () => {
  fc.assert(
    fc.property(
      rules,
      share,
      share,
      fc.integer({ min: 0, max: 60_000 }),
      (some, one, other, current) => {
        const rate = rateFor(one, current, some)
        expect(rate).toBeGreaterThanOrEqual(some.lowestRate)
        expect(rate).toBeLessThanOrEqual(some.highestRate)
        expect(rateFor(one, rate, some)).toBe(rate)
        const less = rateFor(Math.min(one, other), current, some)
        expect(less).toBeGreaterThanOrEqual(rateFor(Math.max(one, other), current, some))
      },
    ),
  )
})

test('after a change, another quarter of a step is needed for the next one', () => {
  fc.assert(
    fc.property(
      rules,
      share,
      fc.double({ min: -0.249, max: 0.249, noNaN: true }),
      (some, one, moved) => {
        // From no step at all, so that it changes now.
        const rate = rateFor(one, 60_000, some)
        const later = Math.min(1, Math.max(0, one + moved / some.steps))
        expect(rateFor(later, rate, some)).toBe(rate)
      },
    ),
  )
})

test('the share is of what can be sent and received now', () => {
  expect(outboundShare({ sendableMsat: 250n, receivableMsat: 750n })).toBe(0.25)
  expect(outboundShare({ sendableMsat: 0n, receivableMsat: 1n })).toBe(0)
  expect(outboundShare({ sendableMsat: 1n, receivableMsat: 0n })).toBe(1)
  expect(outboundShare({ sendableMsat: 0n, receivableMsat: 0n })).toBeUndefined()
})
