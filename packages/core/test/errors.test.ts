import { expect, test } from 'vitest'
import { invalid, PaymentNodeError } from '../src/errors.ts'

test('an error says what happened and what to do, and its JSON keeps the cause to itself', () => {
  const cause = new Error('macaroon 0201036c6e64')
  const error = new PaymentNodeError(
    'node.unavailable',
    'LND does not answer.',
    { reason: 'unreachable', outcome: 'none' },
    { advice: 'Start it.', cause },
  )
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'PaymentNodeError',
    message: 'LND does not answer. Start it.',
    isRetryable: true,
    fundsAtRisk: false,
    cause,
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'node.unavailable',
    message: 'LND does not answer. Start it.',
    details: { reason: 'unreachable', outcome: 'none' },
    isRetryable: true,
    fundsAtRisk: false,
    advice: 'Start it.',
  })
  expect('cause' in invalid('amount', 'zero', 'must be more')).toBe(false)
})

test('an error is recognised by its mark, also of another copy, and by its code', () => {
  const error = invalid('amount', 'zero', 'must be more than zero')
  expect(PaymentNodeError.is(error)).toBe(true)
  expect(PaymentNodeError.is(error, 'input.invalid')).toBe(true)
  expect(PaymentNodeError.is(error, 'options.invalid')).toBe(false)
  const other = { [Symbol.for('payment-node.error')]: true, code: 'input.invalid' }
  expect(PaymentNodeError.is(other, 'input.invalid')).toBe(true)
  for (const value of [null, undefined, 'input.invalid', new Error('x'), { code: 'input.invalid' }])
    expect(PaymentNodeError.is(value)).toBe(false)
})
