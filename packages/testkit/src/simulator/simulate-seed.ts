import { planRun } from './plan-run.ts'
import { type RunOptions, type RunResult, runPlan } from './run-plan.ts'

/** Plans and runs one seed. */
export function simulateSeed(seed: string | number, options: RunOptions = {}): Promise<RunResult> {
  return runPlan(planRun(seed, options.faultKinds ? { kinds: options.faultKinds } : {}), options)
}
