import fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideReceipt } from '../../src/domain/receipt.ts'

const nothing = { ppm: null, fixedMsat: null }

test('shares are rounded down, in the partner s favour, and never exceed what was paid', () => {
  const wrong = [
    // paid, fee, commission: what is kept as fee, as commission, and what is left
    [1000n, nothing, nothing, 0n, 0n, 1000n],
    [1_000_000n, { ppm: 2500, fixedMsat: 1500n }, nothing, 4000n, 0n, 996_000n],
    [999n, { ppm: 1000, fixedMsat: 0n }, { ppm: 2001, fixedMsat: 0n }, 0n, 1n, 998n],
    [1999n, { ppm: 1000, fixedMsat: null }, nothing, 1n, 0n, 1998n],
    [1000n, { ppm: 1_000_000, fixedMsat: 0n }, { ppm: 500_000, fixedMsat: 9n }, 1000n, 0n, 0n],
    [1000n, { ppm: 0, fixedMsat: 800n }, { ppm: 0, fixedMsat: 800n }, 800n, 200n, 0n],
    [5n, { ppm: 0, fixedMsat: 10_000n }, nothing, 5n, 0n, 0n],
  ] as const
  expect(
    wrong.filter(([paid, fee, commission, feeMsat, commissionMsat, netMsat]) => {
      const divided = divideReceipt(paid, fee, commission)
      return (
        divided.feeMsat !== feeMsat ||
        divided.commissionMsat !== commissionMsat ||
        divided.netMsat !== netMsat
      )
    }),
  ).toEqual([])
})

test('the parts are what was paid, whatever the shares', () => {
  const share = fc.record({
    ppm: fc.option(fc.integer({ min: 0, max: 1_000_000 })),
    fixedMsat: fc.option(fc.bigInt({ min: 0n, max: 21n * 10n ** 17n })),
  })
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 21n * 10n ** 17n }), share, share, (paid, fee, more) => {
      const { feeMsat, commissionMsat, netMsat } = divideReceipt(paid, fee, more)
      expect(feeMsat + commissionMsat + netMsat).toBe(paid)
      for (const part of [feeMsat, commissionMsat, netMsat]) expect(part).toBeGreaterThanOrEqual(0n)
    }),
  )
})
