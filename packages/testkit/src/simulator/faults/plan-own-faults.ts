import type { SeededRandom } from '../../network/seeded-random.ts'
import { pick } from './choose.ts'
import type { Fault, FaultKind, PlanFrame } from './fault.ts'

/** Up to three of a feature's own faults; by chance of its own, so that everything else of the plan stays. */
export function planOwnFaults(
  random: SeededRandom,
  frame: PlanFrame,
  feature: string,
  kinds: readonly FaultKind[],
): Fault[] {
  const faults: Fault[] = []
  for (let position = random.integer(4); position > 0; position--) {
    const chance = random.fork(`${feature}-fault/${position}`)
    const kind = pick(chance, kinds)
    const planned = kind.plan(chance, frame)
    if (planned) faults.push({ kind: kind.name, ...planned })
  }
  return faults
}
