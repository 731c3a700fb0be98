import type { Fault } from './faults/fault.ts'
import { type RunOptions, type RunPlan, type RunResult, runPlan } from './run-plan.ts'

/**
 * The smallest part of a plan's faults that still breaks the same invariant: leaves out halves first,
 * then single ones. Answers the result of that plan; the given one when nothing can be left out.
 */
export async function shrinkFaults(
  result: RunResult,
  options: RunOptions = {},
): Promise<RunResult> {
  const invariant = result.violation?.invariant
  if (invariant === undefined) return result
  let smallest = result
  const stillFails = async (faults: readonly Fault[]): Promise<boolean> => {
    const plan: RunPlan = { ...result.plan, faults }
    const tried = await runPlan(plan, options)
    if (tried.violation?.invariant !== invariant) return false
    smallest = tried
    return true
  }
  let size = Math.ceil(result.plan.faults.length / 2)
  while (size >= 1) {
    let position = 0
    while (position < smallest.plan.faults.length) {
      const { faults } = smallest.plan
      const without = [...faults.slice(0, position), ...faults.slice(position + size)]
      if (!(await stillFails(without))) position += size
    }
    size = size === 1 ? 0 : Math.ceil(size / 2)
  }
  return smallest
}
