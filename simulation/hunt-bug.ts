import { type RunPlan, runPlan, shrinkFaults, simulateSeed } from '@payment-node/testkit'
import { readBug } from './museum.ts'

/** How a bug was caught, or that it was not. */
export interface Hunt {
  readonly caught: 'by-record' | 'by-search' | 'not'
  readonly invariant?: string
  readonly seed?: number
  /** With as few faults as possible. */
  readonly plan?: RunPlan
  /** Seeds that were searched. */
  readonly searched: number
}

/** Runs in a process that `plant-bug` has prepared: the recorded run first, then one seed after the other. */
async function hunt(name: string, from: number, seeds: number): Promise<Hunt> {
  const { recorded } = readBug(name)
  if (recorded) {
    const { violation } = await runPlan(recorded.plan)
    if (violation) return { caught: 'by-record', invariant: violation.invariant, searched: 0 }
  }
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulateSeed(seed)
    process.send?.({ searched: seed - from + 1 })
    if (!result.violation) continue
    const { plan, violation = result.violation } = await shrinkFaults(result)
    const { invariant } = violation
    return {
      caught: 'by-search',
      invariant,
      seed,
      plan,
      searched: seed - from + 1,
    }
  }
  return { caught: 'not', searched: seeds }
}

const [name = '', from = '1', seeds = '2000'] = process.argv.slice(2)
process.send?.({ hunt: await hunt(name, Number(from), Number(seeds)) })
