import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareKeys, compareText, type Order, top } from '../src/compare-keys.ts'

const sign = Math.sign

test('any two texts compare as their UTF-8 bytes do', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
  })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const expected = Buffer.compare(Buffer.from(one), Buffer.from(other))
      return (
        sign(compareText(one, other)) === expected && sign(compareText(other, one)) + expected === 0
      )
    }),
    { numRuns: 500 },
  )
})

test('a key sorts behind its prefixes and before its prefix followed by top', () => {
  const ordered: Order[] = [
    [],
    ['a'],
    ['a', -1n],
    ['a', 0n],
    ['a', 0n, 'x'],
    ['a', 0n, top],
    ['a', 2n ** 62n],
    ['a', top],
    ['b'],
    [top],
  ]
  for (const [at, one] of ordered.entries()) {
    for (const [otherAt, other] of ordered.entries()) {
      expect(sign(compareKeys(one, other))).toBe(sign(at - otherAt))
    }
  }
})
