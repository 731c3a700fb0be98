import { allFaultKinds, planRun, runPlan } from '@payment-node/testkit'
import { expect, test } from 'vitest'

/** Seeds in which a kind must show itself, alone in its plans. */
const seeds = 100

for (const kind of allFaultKinds) {
  test(`${kind.name} happens`, { timeout: 60_000 }, async () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const plan = planRun(seed, { kinds: [kind], horizon: 180_000 })
      if (plan.faults.length === 0) continue
      const { happenings, violation } = await runPlan(plan)
      expect({ seed, violation }).toEqual({ seed, violation: undefined })
      if (happenings.has(kind.name)) return
    }
    expect.fail(`${kind.name} did not happen in ${seeds} seeds`)
  })
}

test('kinds have names and sentences of their own, and are at least 40', () => {
  expect(allFaultKinds.length).toBeGreaterThanOrEqual(40)
  expect(new Set(allFaultKinds.map(({ name }) => name)).size).toBe(allFaultKinds.length)
  for (const { name, says } of allFaultKinds) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(says, name).toMatch(/^[A-Z].*\.$/)
  }
})
