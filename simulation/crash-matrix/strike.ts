import { type RunPlan, runPlan } from '@payment-node/testkit'
import type { Operation } from './operation.ts'

/** Where processes are killed: at the n-th step of the operation; then at the m-th after that. */
export type Strikes = readonly number[]

/** What came of one run. */
export interface Struck {
  /** Names of the operation's steps, in order; those after the last strike behind it. */
  readonly steps: readonly string[]
  /** Steps from the last strike to the end of the operation. */
  readonly following: number
  /** Undefined: everything held. */
  readonly problem: string | undefined
}

/** Calls that only look, made again and again: they are struck once while nothing has changed. */
const looks =
  /^(swaps\.(prices|status)|loop\.(check|terms|quote|list)|lightning\.(getInfo|list\w+|lookupInvoice|highWater|walletBalance|onchain\.(unspent|transactions|estimateFeerate|requiredReserve)|funding\.leases|policies\.read|forwards\.list)|storage\.(claim|lease))\//
/** Something is different afterwards. */
const changes =
  /^(storage\.commit\/after|lightning\.(createInvoice|cancelInvoice|pay|opener\.\w+|onchain\.publish|funding\.\w+|policies\.write)\/effect|swaps\.(create|sign)\/effect|loop\.start\/effect|http\.request\/effect)$/

/** Runs an operation in a world of its own and kills the process at each strike; all invariants are asked. */
export async function strike(operation: Operation, strikes: Strikes): Promise<Struck> {
  const steps: string[] = []
  const looked = new Set<string>()
  const isRepeated = (name: string): boolean => {
    if (looks.test(name)) {
      if (looked.has(name)) return true
      looked.add(name)
    } else if (changes.test(name)) looked.clear()
    return false
  }
  let isCounting = false
  let isOver = false
  let since = 0
  let struck = 0
  let wrong: string | undefined
  const plan: RunPlan = {
    seed: `crash/${operation.name}`,
    isShared: false,
    acceptsKeysend: false,
    horizon: 0,
    pollMilliseconds: 0,
    actions: [],
    faults: [],
  }
  const { violation } = await runPlan(plan, {
    world: { keepLines: 50, ...(operation.node && { node: operation.node }) },
    prepare(world) {
      operation.furnish?.(world)
      world.steps.add('*', ({ name, process }) => {
        if (!isCounting || isRepeated(name)) return undefined
        steps.push(name)
        since++
        if (since !== strikes[struck]) return undefined
        struck++
        since = 0
        looked.clear()
        world.places.find((place) => place.name === process)?.kill(1000)
        return { kill: true }
      })
    },
    async perform(world) {
      // The first start is part of an operation of its own.
      while (!world.places[0]?.isServing) await world.clock.sleep(100)
      await operation.prepare?.(world)
      isCounting = true
      await operation.run(world)
      isCounting = false
      await operation.settle?.(world)
      isOver = true
      wrong = operation.check(world)
    },
  })
  const unstruck =
    struck < strikes.length ? `only ${struck} of ${strikes.length} strikes hit` : undefined
  return {
    steps,
    following: since,
    problem: violation
      ? `${violation.invariant}: ${violation.found}`
      : isOver
        ? (wrong ?? unstruck)
        : 'it never came to its end',
  }
}
