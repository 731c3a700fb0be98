import { type RunResult, shrinkFaults, simulateSeed } from '@payment-node/testkit'

/** Which seeds, and for how long. */
export interface SeedRange {
  readonly from: number
  readonly seeds: number
  /** Ends after so much real time; default: never. */
  readonly milliseconds?: number
  readonly onSeed?: (run: SeedsRun) => void
}

/** What came of several seeds. */
export interface SeedsRun {
  readonly from: number
  /** Seeds that were run. */
  readonly seeds: number
  /** Real time in milliseconds, without the time for shrinking. */
  readonly milliseconds: number
  /** Calls, commits, events and faults. */
  readonly events: number
  /** Virtual milliseconds. */
  readonly virtual: number
  /** Kind of fault → how many really happened. */
  readonly happenings: ReadonlyMap<string, number>
  readonly last: RunResult | undefined
  /** The first seed that broke an invariant, and the same with as few faults as possible. */
  readonly failed: Failure | undefined
}

/** A seed that broke an invariant. */
export interface Failure {
  readonly result: RunResult
  readonly shrunk: RunResult
}

/** Runs one seed after the other until one breaks an invariant. */
export async function runSeeds(range: SeedRange): Promise<SeedsRun> {
  const happenings = new Map<string, number>()
  const start = performance.now()
  const run = {
    from: range.from,
    seeds: 0,
    milliseconds: 0,
    events: 0,
    virtual: 0,
    happenings,
    last: undefined as RunResult | undefined,
    failed: undefined as Failure | undefined,
  }
  const limit = range.milliseconds ?? Number.POSITIVE_INFINITY
  while (run.seeds < range.seeds && run.milliseconds < limit) {
    const seed = range.from + run.seeds
    const result = await named(seed, simulateSeed(seed))
    run.seeds++
    run.events += result.events
    run.virtual += result.elapsed
    run.last = result
    for (const [kind, count] of result.happenings)
      happenings.set(kind, (happenings.get(kind) ?? 0) + count)
    run.milliseconds = performance.now() - start
    range.onSeed?.(run)
    if (!result.violation) continue
    run.failed = { result, shrunk: await shrinkFaults(result) }
    break
  }
  return run
}

/** A mistake of the simulator itself says in which seed it was. */
async function named(seed: number, running: Promise<RunResult>): Promise<RunResult> {
  try {
    return await running
  } catch (cause) {
    throw new Error(`Seed ${seed} could not be run`, { cause })
  }
}
