import { simulateSeed } from '@payment-node/testkit'
import { expect, test } from 'vitest'

test('seeds run without a violation', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { violation } = await simulateSeed(seed)
    expect({ seed, violation }).toEqual({ seed, violation: undefined })
  }
})
