import { allFaultKinds, planRun, runPlan } from '@payment-node/testkit'
import { expect, test } from 'vitest'

/** Seeds in which a kind must show itself. */
const seeds = 100
/** Kinds that share runs, so many at first; who has not shown itself then has plans of its own. */
const together = 4
const sharedRuns = 3
/** Faults of one kind in a shared run: of all together there are about as many as in one plan of the simulator. */
const most = 2
const horizon = 180_000

type FaultKind = (typeof allFaultKinds)[number]

/** Runs seeds until `kind` has happened; what others of the group did meanwhile is kept. */
function watchGroup(group: readonly FaultKind[]): (kind: FaultKind) => Promise<void> {
  const missing = new Set(group)
  /** False: the kinds have no faults in this seed. */
  const live = async (seed: number, kinds: readonly FaultKind[]): Promise<boolean> => {
    const plans = kinds.map((kind) => planRun(seed, { kinds: [kind], horizon }))
    const faults = plans.flatMap(({ faults: all }) => (kinds.length > 1 ? all.slice(0, most) : all))
    if (faults.length === 0) return false
    const { happenings, violation } = await runPlan({ ...plans[0]!, faults })
    expect({ seed, faults, violation }).toEqual({ seed, faults, violation: undefined })
    for (const kind of kinds) if (happenings.has(kind.name)) missing.delete(kind)
    return true
  }
  let seed = 0
  let shared = 0
  return async (kind) => {
    while (missing.has(kind) && shared < sharedRuns && seed < seeds)
      if (await live(++seed, [...missing])) shared++
    for (let alone = 1; missing.has(kind) && alone <= seeds; alone++) await live(alone, [kind])
    if (missing.has(kind)) expect.fail(`${kind.name} did not happen in ${seeds} seeds`)
  }
}

for (let at = 0; at < allFaultKinds.length; at += together) {
  const group = allFaultKinds.slice(at, at + together)
  const untilSeen = watchGroup(group)
  for (const kind of group) test(`${kind.name} happens`, { timeout: 60_000 }, () => untilSeen(kind))
}

test('kinds have names and sentences of their own, and are at least 40', () => {
  expect(allFaultKinds.length).toBeGreaterThanOrEqual(40)
  expect(new Set(allFaultKinds.map(({ name }) => name)).size).toBe(allFaultKinds.length)
  for (const { name, says } of allFaultKinds) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(says, name).toMatch(/^[A-Z].*\.$/)
  }
})
