import { expect, test } from 'vitest'
import { checkRevealAllowed } from '../../../src/swaps/kit/check-reveal-allowed.ts'

test('the preimage is revealed for a lockup that is confirmed deep enough, 36 blocks before the timeout at the latest', () => {
  const rows: readonly (readonly [
    lockup: number | undefined,
    required: number,
    timeout: number,
    tip: number,
    verdict: string,
  ])[] = [
    [1000, 1, 1144, 1000, 'allowed'],
    [1000, 2, 1144, 1000, 'too-few-confirmations'],
    [1000, 2, 1144, 1001, 'allowed'],
    [1000, 3, 1144, 1001, 'too-few-confirmations'],
    [undefined, 1, 1144, 1000, 'unconfirmed'],
    [1000, 1, 1144, 0, 'unconfirmed'],
    [1001, 1, 1144, 1000, 'unconfirmed'],
    [1000, 1, 1144, 1108, 'allowed'],
    [1000, 1, 1144, 1109, 'too-near-timeout'],
    [1000, 1, 1144, 1144, 'too-near-timeout'],
    [1000, 1, 1144, 1200, 'too-near-timeout'],
    [undefined, 1, 1144, 1109, 'too-near-timeout'],
  ]
  const wrong = rows.flatMap((row) => {
    const [lockupHeight, requiredConfirmations, timeoutHeight, tip, expected] = row
    const verdict = checkRevealAllowed({ lockupHeight, requiredConfirmations, timeoutHeight }, tip)
    const found = verdict.allowed ? 'allowed' : verdict.reason
    return found === expected ? [] : [`${row.join(' ')}: ${found}`]
  })
  expect(wrong).toEqual([])
  const state = { lockupHeight: 1000, requiredConfirmations: 1, timeoutHeight: 1144 }
  expect(checkRevealAllowed(state, 1004)).toEqual({
    allowed: true,
    confirmations: 5,
    blocksLeft: 140,
  })
})

test('what is no height never allows anything', () => {
  const state = { lockupHeight: 1000, requiredConfirmations: 1, timeoutHeight: 1144 }
  for (const wrong of [Number.NaN, 0, -5, 1.5, Number.POSITIVE_INFINITY]) {
    if (wrong !== 0) expect(() => checkRevealAllowed(state, wrong)).toThrow(RangeError)
    for (const field of ['lockupHeight', 'requiredConfirmations', 'timeoutHeight'])
      expect(() => checkRevealAllowed({ ...state, [field]: wrong }, 1000)).toThrow(RangeError)
  }
})
