import type { Clock } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openOnchain } from './onchain-stand.ts'

test('with a clock a day ahead of LND its locks seem to have run out: the transaction is not made over and over meanwhile, and is made once the clock is right', async () => {
  const stand = await openOnchain()
  const { clock, lnd, run } = stand
  let ahead = 86_400_000
  const wrong: Clock = Object.create(clock, {
    now: { value: () => clock.now() + ahead },
  }) as Clock
  let funded = 0
  lnd.faults.add(({ call, moment }) => {
    if (call === 'fundTransaction' && moment === 'before-effect') funded++
    return undefined
  })
  const { node } = stand.openNext({ clock: wrong })
  await run(node.start())
  const id = await stand.queue(200_000n, { isQuick: true })
  await clock.advance(60_000)
  expect(funded).toBeGreaterThan(0)
  expect(funded).toBeLessThan(60)
  expect((await stand.transactions()).map(({ state }) => state)).not.toContain('published')
  ahead = 0
  await stand.mine(10)
  expect((await stand.payout(id)).state).toBe('succeeded')
})
