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

/** At some time while faults may strike; in a stormy run they come within its minute. */
export function someTime(random: SeededRandom, frame: PlanFrame): Trigger {
  return { at: someMoment(random, frame) }
}

function someMoment(random: SeededRandom, { horizon, storm }: PlanFrame): number {
  const anywhere = random.integer(horizon)
  if (storm === undefined) return anywhere
  return storm + (anywhere % Math.min(stormLength, horizon - storm))
}

/** Milliseconds. */
const stormLength = 60_000

/** Some step of this name: one of the first few from a random time on. */
export function someStep(random: SeededRandom, frame: PlanFrame, step: string, nth = 3): Trigger {
  return { step, nth: 1 + random.integer(nth), from: someMoment(random, frame) }
}
