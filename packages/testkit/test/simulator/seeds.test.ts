import { simulateSeed } from '@payment-node/testkit'
import { expect, test } from 'vitest'

// Hundreds of other seeds are `pnpm simulate`.
test('seeds run without a violation', { timeout: 60_000 }, async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const { violation } = await simulateSeed(seed)
    expect({ seed, violation }).toEqual({ seed, violation: undefined })
  }
})
