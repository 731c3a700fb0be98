import type { Operation } from './operation.ts'
import { type Strikes, strike } from './strike.ts'

/** What all crashes of one operation came to. */
export interface MatrixRow {
  readonly operation: string
  readonly says: string
  /** Step → how often the undisturbed operation takes it. */
  readonly steps: Readonly<Record<string, number>>
  readonly single: Count
  readonly pairs: Count
  readonly problems: readonly { readonly strikes: Strikes; readonly says: string }[]
}

/** Runs that were made, and those that held. */
export interface Count {
  readonly run: number
  readonly held: number
  /** Those there are; more than `run` when only a share was run. */
  readonly exist: number
}

/** Which of the pairs are run: every `everyPair`-th. */
export interface MatrixOptions {
  readonly everyPair: number
  readonly onRun?: (operation: string, runs: number) => void
}

/** Kills an operation at each of its steps, and each of those again at every step that follows. */
export async function runMatrix(operation: Operation, options: MatrixOptions): Promise<MatrixRow> {
  const problems: { strikes: Strikes; says: string }[] = []
  let runs = 0
  const run = async (strikes: Strikes) => {
    const struck = await strike(operation, strikes)
    options.onRun?.(operation.name, ++runs)
    if (struck.problem) problems.push({ strikes, says: struck.problem })
    return struck
  }
  const undisturbed = await run([])
  const single = { run: 0, held: 0, exist: undisturbed.steps.length }
  const pairs = { run: 0, held: 0, exist: 0 }
  for (let first = 1; first <= undisturbed.steps.length; first++) {
    const once = await run([first])
    single.run++
    if (!once.problem) single.held++
    for (let second = 1; second <= once.following; second++) {
      pairs.exist++
      if (pairs.exist % options.everyPair !== 0) continue
      const twice = await run([first, second])
      pairs.run++
      if (!twice.problem) pairs.held++
    }
  }
  const steps: Record<string, number> = {}
  for (const name of undisturbed.steps) steps[name] = (steps[name] ?? 0) + 1
  return { operation: operation.name, says: operation.says, steps, single, pairs, problems }
}
