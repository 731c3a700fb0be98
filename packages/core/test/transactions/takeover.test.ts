import { expect, test } from 'vitest'
import { expectPaidOnce } from './expect-paid-once.ts'
import { openOnchain, settle } from './onchain-stand.ts'

const calls = [
  'releaseCoins',
  'fundTransaction',
  'listLeases',
  'signTransaction',
  'publishTransaction',
]
const moments = ['before-effect', 'after-effect', 'before-reply'] as const

test('O6: a leader that is replaced in its sleep, at any call, publishes nothing of its own', async () => {
  for (const wanted of calls) {
    for (const at of moments) {
      const label = `${wanted} ${at}`
      const stand = await openOnchain({ isExclusive: false })
      const { run, clock, lnd } = stand
      const first = stand.current
      let isPaused = false
      lnd.faults.add(({ call, moment }) => {
        if (isPaused || call !== wanted || moment !== at) return undefined
        isPaused = true
        first.life.pause()
        // The call itself goes on later, as one that was on its way.
        return at === 'before-effect' ? { delayMilliseconds: 120_000 } : undefined
      })
      await run(first.node.start())
      const address = await stand.address()
      const asked = {
        id: await stand.queue(90_000n, { address, isQuick: true }),
        address,
        amountSat: 90_000n,
      }
      await settle(stand)
      expect(isPaused, label).toBe(true)
      const second = stand.openNext()
      await run(second.node.start())
      await clock.advance(45_000)
      await stand.mine(2)
      first.life.resume()
      await clock.advance(180_000)
      await stand.mine(8)
      await clock.advance(600_000)
      await stand.mine(8)
      await expectPaidOnce(stand, [asked], label)
      const states = (await stand.transactions()).map(({ state }) => state)
      expect(
        states.filter((state) => state === 'final'),
        label,
      ).toEqual(['final'])
    }
  }
}, 120_000)
