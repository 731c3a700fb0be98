import type { SeededRandom } from '../../network/seeded-random.ts'
import type { PlanFrame, Trigger } from './fault.ts'

/** A whole number from `from` to below `to`. */
export function between(random: SeededRandom, from: number, to: number): number {
  return from + random.integer(to - from)
}

/** One of several. */
export function pick<T>(random: SeededRandom, all: readonly T[]): T {
  return all[random.integer(all.length)]!
}

/** At some time while faults may strike. */
export function someTime(random: SeededRandom, { horizon }: PlanFrame): Trigger {
  return { at: random.integer(horizon) }
}

/** Some step of this name: one of the first few from a random time on. */
export function someStep(
  random: SeededRandom,
  { horizon }: PlanFrame,
  step: string,
  nth = 3,
): Trigger {
  return { step, nth: 1 + random.integer(nth), from: random.integer(horizon) }
}
