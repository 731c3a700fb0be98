import { createVirtualClock, type VirtualClock } from '@payment-node/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWorldClock } from '../../src/simulator/world-clock.ts'

interface Sleep {
  readonly at: number
  readonly for: number
  readonly abortedAfter: number | undefined
  readonly again: number
}

/** What happens when these sleepers share a clock, with the times at which they woke. */
async function live(clock: VirtualClock, sleeps: readonly Sleep[]): Promise<string[]> {
  const log: string[] = []
  const sleepers = sleeps.map(async (sleep, name) => {
    await clock.sleep(sleep.at)
    const waking = new AbortController()
    const { abortedAfter } = sleep
    if (abortedAfter !== undefined)
      void clock.sleep(abortedAfter).then(() => waking.abort('enough'))
    await clock.sleep(sleep.for, waking.signal)
    log.push(`${name} ${clock.monotonic()} ${waking.signal.aborted}`)
    await clock.sleep(sleep.again, undefined, true)
    log.push(`${name} again ${clock.monotonic()}`)
  })
  await clock.run(Promise.all(sleepers))
  return log
}

test("wakes whom the network's clock wakes, in the same order", async () => {
  const time = fc.integer({ min: 0, max: 5 })
  const sleep = fc.record({
    at: time,
    for: time,
    abortedAfter: fc.option(time, { nil: undefined }),
    again: time,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(sleep, { minLength: 1, maxLength: 12 }), async (sleeps) => {
      expect(await live(createWorldClock(), sleeps)).toEqual(
        await live(createVirtualClock(), sleeps),
      )
    }),
    { numRuns: 200 },
  )
})

test('a skipped time wakes everybody late, in order, and the wall clock jumps alone', async () => {
  const clock = createWorldClock()
  const woken: string[] = []
  for (const after of [30, 10, 20]) {
    void clock.sleep(after).then(() => woken.push(`${after} at ${clock.monotonic()}`))
  }
  clock.skip(25)
  await clock.advance(0)
  expect(woken).toEqual(['10 at 25', '20 at 25'])
  const before = clock.now()
  clock.jumpWallClock(-1000)
  expect([clock.now() - before, clock.monotonic()]).toEqual([-1000, 25])
  await clock.advance(5)
  expect(woken).toEqual(['10 at 25', '20 at 25', '30 at 30'])
})

test('tells when time runs to its limit, and when nothing is left to happen', async () => {
  const clock = createWorldClock()
  void clock.sleep(1000)
  await expect(clock.runUntil(() => false, { limitMilliseconds: 10 })).rejects.toThrow('its limit')
  await clock.advance(1000)
  await expect(clock.runUntil(() => false)).rejects.toThrow('Nothing is left')
  await clock.runUntilIdle()
  void clock.sleep(50)
  await clock.runUntilIdle()
  expect(clock.monotonic()).toBe(1050)
})
