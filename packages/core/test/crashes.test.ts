import { expect, test } from 'vitest'
import { faultsOf, liveDay, type Plan, type Strike } from './crashes/day.ts'

/** The points of a day in which nothing goes wrong. */
async function pointsOfTheDay(isExclusive = true): Promise<readonly string[]> {
  const day = await liveDay(() => undefined, isExclusive)
  expect(await faultsOf(day)).toEqual([])
  expect(day.processes).toBe(1)
  return day.points
}

/** Lives one day per plan; every day must end well. Answers how many processes each took. */
async function liveThrough(
  plans: readonly (readonly [name: string, plan: Plan])[],
  isExclusive = true,
): Promise<number[]> {
  const wrong: string[] = []
  const processes: number[] = []
  for (const [name, plan] of plans) {
    try {
      const day = await liveDay(plan, isExclusive)
      processes.push(day.processes)
      wrong.push(...(await faultsOf(day)).map((says) => `${name}: ${says}`))
    } catch (error) {
      wrong.push(`${name}: ${String(error)}`)
    }
  }
  expect(wrong, `${plans.length} days`).toEqual([])
  return processes
}

const at =
  (wanted: number, strike: Strike): Plan =>
  (_, number) =>
    number === wanted ? strike : undefined

test('killed at every commit and every call to LND: nothing lost, nothing paid twice', async () => {
  const points = await pointsOfTheDay()
  expect(points.length).toBeGreaterThan(90)
  const plans = points.map((point, number) => [`${number} ${point}`, at(number, 'kill')] as const)
  const processes = await liveThrough(plans)
  expect(new Set(processes)).toEqual(new Set([2]))
}, 60_000)

test('killed at every point while the books are shared: the next leader takes over', async () => {
  const points = await pointsOfTheDay(false)
  const plans = points.map((point, number) => [`${number} ${point}`, at(number, 'kill')] as const)
  const processes = await liveThrough(plans, false)
  expect(new Set(processes)).toEqual(new Set([2]))
}, 60_000)

test('killed, and killed again while it recovers', async () => {
  const points = await pointsOfTheDay()
  const plans = points
    .map((point, first) => {
      // Up to fifty steps later, another number of steps after each first point.
      const second = first + 1 + ((first * 7 + 11) % 50)
      const plan: Plan = (_, number) => (number === first || number === second ? 'kill' : undefined)
      return [`${first} ${point}, then ${second - first} later`, plan] as const
    })
    .filter((_, first) => first % 2 === 1)
  const processes = await liveThrough(plans)
  expect(processes.filter((count) => count === 3).length).toBeGreaterThan(30)
}, 120_000)

test('a failed or lost commit at every point is repeated or found applied, without a crash', async () => {
  const points = await pointsOfTheDay()
  const commits = points
    .map((point, number) => [point, number] as const)
    .filter(([point]) => point.startsWith('commit'))
  expect(commits.length).toBeGreaterThan(40)
  const plans = commits.flatMap(([point, number]) => {
    // Before it is applied, a reply may be lost just as well as refused; after it, only lost.
    const outcomes: Strike[] = point.endsWith('before') ? ['none', 'unknown'] : ['unknown']
    const again: Plan = (reached, now) =>
      now >= number && now < number + 8 && reached.startsWith('commit') ? 'unknown' : undefined
    return [
      ...outcomes.map((outcome) => [`${number} ${point} ${outcome}`, at(number, outcome)] as const),
      ...(number % 3 === 0 ? [[`${number} ${point} again and again`, again] as const] : []),
    ]
  })
  const processes = await liveThrough(plans)
  expect(new Set(processes)).toEqual(new Set([1]))
}, 120_000)

test('a failed call or a lost reply of LND at every point is found out, without a crash', async () => {
  const points = await pointsOfTheDay()
  const calls = points
    .map((point, number) => [point, number] as const)
    .filter(([point]) => !point.startsWith('commit'))
  expect(calls.length).toBeGreaterThan(40)
  const plans = calls.flatMap(([point, number]) => {
    const outcomes: Strike[] = point.endsWith('before-effect') ? ['none', 'unknown'] : ['unknown']
    return outcomes.map(
      (outcome) => [`${number} ${point} ${outcome}`, at(number, outcome)] as const,
    )
  })
  const processes = await liveThrough(plans)
  expect(new Set(processes)).toEqual(new Set([1]))
}, 120_000)
