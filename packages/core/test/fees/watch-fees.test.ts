import type { FeeEstimate, FeeSource } from '@payment-node/core'
import { expect, test } from 'vitest'
import { openShop } from '../shop.ts'

const minute = 60_000
const day = 86_400_000

test('feerates are recorded every ten minutes; what was not recorded comes from the source; old ones go', async () => {
  let feerate = 4
  const asked: number[] = []
  const source: FeeSource = {
    contractVersion: 1,
    name: 'test',
    feerate: async () => ({ at: 0, satPerVbyte: feerate }),
    async history(since) {
      asked.push(since)
      const now = shop.clock.now()
      const points: FeeEstimate[] = []
      for (let at = since + 1; at < now; at += 30 * minute) points.push({ at, satPerVbyte: 10 })
      // What no feerate is, and what was not asked for.
      const wrong = [Number.NaN, -1, 0, Number.POSITIVE_INFINITY]
      return [
        ...points,
        ...wrong.map((satPerVbyte, index) => ({ at: now - day - index, satPerVbyte })),
        { at: since - day, satPerVbyte: 1 },
        { at: now + day, satPerVbyte: 1 },
      ]
    },
  }
  const shop = openShop({ options: { fees: { source, days: 2, percentile: 50 } } })
  const { run, clock, node } = shop
  await run(node.start())
  await clock.advance(minute)
  expect(asked).toEqual([expect.closeTo(clock.now() - 2 * day, -6)])
  expect(await run(node.fees.status())).toMatchObject({
    feerate: 4,
    source: 'test',
    recordedDays: 2,
    percentileFeerate: 10,
    now: { isAcceptable: true, reason: 'low' },
  })
  feerate = 11
  await clock.advance(30 * minute)
  expect(await run(node.fees.status())).toMatchObject({
    now: { isAcceptable: false, reason: 'feerate-above-percentile', percentileFeerate: 10 },
    quick: { isAcceptable: true },
  })
  const observed = async (): Promise<number[]> =>
    (await shop.rowsOf(['fee_observations'])).fee_observations!.map(({ at }) => at as number)
  const before = await observed()
  expect(before.every((at) => at % (10 * minute) === 0)).toBe(true)
  expect(new Set(before).size).toBe(before.length)
  expect(Math.min(...before)).toBeGreaterThanOrEqual(clock.now() - 2 * day - 60 * minute)
  expect((await shop.rowsOf(['fee_observations'])).fee_observations!.at(-1)).toMatchObject({
    sat_per_kvb: 11_000,
    source: 'test',
  })
  // Four days later everything is old, and the source tells what was missed.
  clock.jumpWallClock(4 * day)
  await clock.advance(20 * minute)
  const after = await observed()
  expect(before.filter((at) => after.includes(at))).toEqual([])
  expect(Math.min(...after)).toBeGreaterThan(clock.now() - 3 * day)
  expect(asked.length).toBe(2)
  expect(await run(node.fees.status())).toMatchObject({ recordedDays: 2 })
  await run(node.stop())
})

test('without a history the ceiling alone decides, and it says how many days are recorded', async () => {
  const shop = openShop({ options: { fees: { days: 7, ceiling: 9 } } })
  const { run, node, clock, network } = shop
  network.setFeerate(5)
  await run(node.start())
  await clock.advance(minute)
  const status = await run(node.fees.status())
  expect(status).toMatchObject({ source: 'simulated', recordedDays: 1, percentileFeerate: null })
  expect(status.now).toMatchObject({ isAcceptable: true, reason: 'below-ceiling' })
  expect(status.now.says).toContain('until 7 days are recorded (1 are)')
  network.setFeerate(10)
  await clock.advance(minute)
  expect((await run(node.fees.status())).now.reason).toBe('feerate-above-ceiling')
  await run(node.stop())
})
