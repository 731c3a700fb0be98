import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Amount, isAmount, msat, parseAmount, sat } from '../../src/domain/amount.ts'

const supplyMsat = 21n * 10n ** 17n
const any = fc.bigInt({ min: -supplyMsat, max: supplyMsat })

test('an amount becomes text and comes back the same, also through JSON', () => {
  fc.assert(
    fc.property(any, (value) => {
      const amount = msat(value)
      expect(parseAmount(amount.toString()).msat).toBe(value)
      expect(parseAmount(JSON.parse(JSON.stringify({ amount })).amount)).toEqual(amount)
    }),
  )
  expect(sat(25_000).toString()).toBe('25000 sat')
  expect(msat(25_000_000).toString()).toBe('25000 sat')
  expect(msat(1500).toString()).toBe('1500 msat')
  expect(msat(-1500).toString()).toBe('-1500 msat')
  expect(sat(0).toString()).toBe('0 sat')
  expect(sat(2_100_000_000_000_000).msat).toBe(supplyMsat)
  expect(parseAmount('2100000000000000 sat').msat).toBe(supplyMsat)
})

test('whatever text is given, it is read exactly or refused', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', ' sat', ' msat', 'sat'), (text, unit) => {
      let amount: Amount
      try {
        amount = parseAmount(`${text}${unit}`)
      } catch (error) {
        expect(error).toMatchObject({ code: 'input.invalid' })
        return
      }
      const [digits, name] = `${text}${unit}`.split(' ')
      expect(amount.msat).toBe(BigInt(digits!) * (name === 'sat' ? 1000n : 1n))
    }),
    { numRuns: 1000 },
  )
})

test('an amount cannot be changed, compared or added by mistake', () => {
  const amount = sat(5)
  expect(Object.isFrozen(amount)).toBe(true)
  expect(() => {
    Object.assign(amount, { msat: 1n })
  }).toThrow(TypeError)
  expect(() => Number(amount)).toThrow('.msat')
  expect(() => (amount as unknown as number) < 5).toThrow('.msat')
  expect(() => (amount as unknown as number) + 5).toThrow('.msat')
  expect(`${amount}`).toBe('5 sat')
  expect(sat(5)).toEqual(msat(5000))
  expect(sat(5)).not.toEqual(msat(5))
})

test('an amount of another copy of the package is one', () => {
  const other = { [Symbol.for('payment-node.amount')]: true, msat: 5n }
  expect(isAmount(other)).toBe(true)
  expect(isAmount(new Amount(5n))).toBe(true)
  for (const value of [null, undefined, 5, 5n, '5 sat', {}, { msat: 5n }])
    expect(isAmount(value)).toBe(false)
})
