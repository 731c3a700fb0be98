import { runPlan } from '@payment-node/testkit'
import { bugNames, readBug } from './museum.ts'
import { huntBug, tellHunt } from './run-with-bug.ts'

/** Every bug must be caught, and its recorded run must be clean without it. Answers how many were not. */
async function checkMuseum(): Promise<number> {
  let failed = 0
  for (const name of bugNames()) {
    const problem = await checkBug(name)
    if (problem) failed++
  }
  const all = bugNames().length
  process.stdout.write(`${all - failed} of ${all} bugs are caught\n`)
  return failed
}

async function checkBug(name: string): Promise<boolean> {
  const start = performance.now()
  const tell = (says: string): void => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    process.stdout.write(`${name.padEnd(34)} ${says} (${seconds} s)\n`)
  }
  try {
    const { recorded } = readBug(name)
    if (recorded) {
      const { violation } = await runPlan(recorded.plan)
      if (violation) {
        tell(`FALSE ALARM: its run breaks ${violation.invariant} without the bug, too`)
        return true
      }
    }
    const found = await huntBug(name, { from: 1 })
    tell(tellHunt(found))
    return found.caught === 'not'
  } catch (error) {
    tell(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
    return true
  }
}

process.exitCode = (await checkMuseum()) === 0 ? 0 : 1
