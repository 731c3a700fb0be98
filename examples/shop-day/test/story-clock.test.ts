import { expect, test } from 'vitest'
import { createStoryClock } from '../src/story-clock.ts'

test('two processes with the same story time agree; a skip moves the wall clock and no sleeper', async () => {
  const began = performance.timeOrigin + performance.now()
  const clock = createStoryClock({ startsAt: 1_000_000, speed: 1000, began, skipped: 0 })
  let isAwake = false
  const aborting = new AbortController()
  const sleeping = clock.sleep(3_600_000, aborting.signal).then(() => {
    isAwake = true
  })
  clock.skip(7_200_000)
  expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + 7_200_000)
  await clock.sleep(1)
  expect(isAwake).toBe(false)
  const other = createStoryClock(clock.time)
  const [before, same, after] = [clock.now(), other.now(), clock.now()]
  expect(same).toBeGreaterThanOrEqual(before)
  expect(same).toBeLessThanOrEqual(after)
  expect(clock.monotonic()).toBeLessThan(7_200_000)
  aborting.abort()
  await sleeping
  expect(isAwake).toBe(true)
})
