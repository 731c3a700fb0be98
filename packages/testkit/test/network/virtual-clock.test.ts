import { expect, test } from 'vitest'
import { createVirtualClock } from '../../src/index.ts'

test('sleepers wake in the order of their time, then of their coming', async () => {
  const clock = createVirtualClock({ startsAt: 1000 })
  const woken: string[] = []
  const nap = async (name: string, milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds)
    woken.push(`${name} at ${clock.now()}`)
  }
  const naps = [nap('late', 30), nap('early', 10), nap('early too', 10), nap('now', 0)]
  await clock.advance(30)
  await Promise.all(naps)
  expect(woken).toEqual(['now at 1000', 'early at 1010', 'early too at 1010', 'late at 1030'])
})

test('everything that follows from one moment happens before the next', async () => {
  const clock = createVirtualClock()
  const order: string[] = []
  void clock.sleep(1).then(async () => {
    for (let step = 0; step < 20; step++) await undefined
    order.push('first moment, much later in its chain')
  })
  void clock.sleep(2).then(() => order.push('second moment'))
  await clock.advance(5)
  expect(order).toEqual(['first moment, much later in its chain', 'second moment'])
})

test('advance stops exactly where it was told, also between sleepers', async () => {
  const clock = createVirtualClock()
  let isAwake = false
  void clock.sleep(100).then(() => {
    isAwake = true
  })
  await clock.advance(99)
  expect([clock.monotonic(), isAwake]).toEqual([99, false])
  await clock.advance(1)
  expect([clock.monotonic(), isAwake]).toEqual([100, true])
})

test('an abort ends a sleep at once and never rejects', async () => {
  const clock = createVirtualClock()
  const leaving = new AbortController()
  const sleeping = clock.sleep(1_000_000, leaving.signal)
  leaving.abort()
  await sleeping
  await clock.sleep(1_000_000, AbortSignal.abort())
  expect(clock.monotonic()).toBe(0)
})

test('run moves time until the work settles, and passes on its result or its error', async () => {
  const clock = createVirtualClock()
  const result = await clock.run(async () => {
    await clock.sleep(3_600_000)
    return 'done'
  })
  expect([result, clock.monotonic()]).toEqual(['done', 3_600_000])
  await expect(
    clock.run(clock.sleep(5).then(() => Promise.reject(new Error('no')))),
  ).rejects.toThrow('no')
})

test('run and runUntil give up at the limit instead of running for ever', async () => {
  const clock = createVirtualClock()
  const leaving = new AbortController()
  const polling = (async () => {
    while (!leaving.signal.aborted) await clock.sleep(1000, leaving.signal, true)
  })()
  const never = new Promise<void>(() => {})
  await expect(clock.run(never, { limitMilliseconds: 10_000 })).rejects.toThrow('limit')
  await expect(clock.runUntil(() => false, { limitMilliseconds: 10_000 })).rejects.toThrow('limit')
  leaving.abort()
  await polling
})

test('runUntil says when nothing is left that could make it true', async () => {
  const clock = createVirtualClock()
  await expect(clock.runUntil(() => false)).rejects.toThrow('Nothing is left')
})

test('runUntilIdle does not wait for sleepers in the background', async () => {
  const clock = createVirtualClock()
  const leaving = new AbortController()
  void clock.sleep(1_000_000, leaving.signal, true)
  void clock.sleep(500)
  await clock.runUntilIdle()
  expect(clock.monotonic()).toBe(500)
  leaving.abort()
})

test('a jump of the wall clock leaves sleepers and the monotonic clock alone', async () => {
  const clock = createVirtualClock({ startsAt: 1_000_000 })
  const sleeping = clock.sleep(100)
  clock.jumpWallClock(-600_000)
  expect([clock.now(), clock.monotonic()]).toEqual([400_000, 0])
  await clock.run(sleeping)
  expect([clock.now(), clock.monotonic()]).toEqual([400_100, 100])
})

test('an automatic clock moves by itself, but not for the background', async () => {
  const clock = createVirtualClock({ isAutomatic: true })
  await clock.sleep(86_400_000)
  expect(clock.monotonic()).toBe(86_400_000)
  const leaving = new AbortController()
  const background = clock.sleep(1000, leaving.signal, true)
  await clock.sleep(10)
  expect(clock.monotonic()).toBe(86_400_010)
  leaving.abort()
  await background
})

test('the wall clock gives whole milliseconds, whatever was slept and jumped', async () => {
  const clock = createVirtualClock({ startsAt: 1_000.5 })
  await clock.advance(0.3)
  expect(clock.now()).toBe(1_000)
  clock.jumpWallClock(-0.4)
  expect(Number.isInteger(clock.now())).toBe(true)
  await clock.advance(0.3)
  expect(clock.monotonic()).toBeCloseTo(0.6)
})
