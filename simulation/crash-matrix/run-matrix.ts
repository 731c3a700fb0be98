import type { Operation } from './operation.ts'
import { spread } from './spread.ts'
import { type Strikes, strike } from './strike.ts'

/** What all crashes of one operation came to. */
export interface MatrixRow {
  readonly operation: string
  readonly says: string
  /** The commit whose code was run, abbreviated. */
  readonly commit: string
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

/** Which of the pairs are run: every `everyPair`-th, and no more after so many milliseconds. */
export interface MatrixOptions {
  readonly everyPair: number
  readonly milliseconds?: number
  readonly commit: string
  readonly onRun?: (operation: string, runs: number) => void
}

/** Kills an operation at each of its steps, and each of those again at every step that follows. */
export async function runMatrix(operation: Operation, options: MatrixOptions): Promise<MatrixRow> {
  const problems: { strikes: Strikes; says: string }[] = []
  const start = performance.now()
  let runs = 0
  const run = async (strikes: Strikes) => {
    const struck = await strike(operation, strikes)
    options.onRun?.(operation.name, ++runs)
    if (struck.problem) problems.push({ strikes, says: struck.problem })
    return struck
  }
  const undisturbed = await run([])
  const single = { run: 0, held: 0, exist: undisturbed.steps.length }
  const following: Strikes[] = []
  for (let first = 1; first <= undisturbed.steps.length; first++) {
    const once = await run([first])
    single.run++
    if (!once.problem) single.held++
    for (let second = 1; second <= once.following; second++) following.push([first, second])
  }
  const pairs = { run: 0, held: 0, exist: following.length }
  const chosen = following.filter((_, index) => (index + 1) % options.everyPair === 0)
  for (const strikes of spread(chosen)) {
    if (performance.now() - start > (options.milliseconds ?? Number.POSITIVE_INFINITY)) break
    const twice = await run(strikes)
    pairs.run++
    if (!twice.problem) pairs.held++
  }
  const steps: Record<string, number> = {}
  for (const name of undisturbed.steps) steps[name] = (steps[name] ?? 0) + 1
  const { name, says } = operation
  return { operation: name, says, commit: options.commit, steps, single, pairs, problems }
}
