import { expect, test } from 'vitest'
import { planDay } from '../../src/two-shops/plan-day.ts'

test('a seed gives the same customers every time, in order and while the shop is open', () => {
  const plan = planDay('seed', 3)
  expect(planDay('seed', 3)).toEqual(plan)
  expect(planDay('seed', 4)).not.toEqual(plan)
  expect(planDay('other', 3)).not.toEqual(plan)
  const hours = plan.map(({ at }) => at / 3_600_000 - 72)
  expect(hours).toEqual(hours.toSorted((one, other) => one - other))
  expect(hours[0]).toBeGreaterThanOrEqual(7)
  expect(hours.at(-1)).toBeLessThan(22)
})
