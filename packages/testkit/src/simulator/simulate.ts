import type { Clock, PaymentNode } from '@payment-node/core'
import type { SeededRandom } from '../network/seeded-random.ts'
import type { SimulatedNetwork } from '../network/simulated-network.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import { type Answer, ask } from './ask-host.ts'
import { allFaultKinds } from './faults/all-fault-kinds.ts'
import type { Fault, FaultKind } from './faults/fault.ts'
import { allInvariants } from './invariants/all-invariants.ts'
import type { Invariant } from './invariants/invariant.ts'
import { planRun } from './plan-run.ts'
import { type RunOptions, type RunResult, runPlan } from './run-plan.ts'
import { shrinkFaults } from './shrink-faults.ts'
import type { Peers, Violation, World } from './world.ts'

/** Which seeds are run, and what may go wrong in them. */
export interface SimulationOptions {
  /** How many seeds; default 20. */
  readonly seeds?: number
  /** The first seed; default 1. A failure names the seed to begin with. */
  readonly from?: number
  /** Names of the faults that may strike, from `allFaultKinds`; default all. */
  readonly faults?: readonly string[]
  /** How many processes the host runs on one storage; default 1 or 2, by the seed. */
  readonly processes?: 1 | 2
  /** Virtual milliseconds in which faults strike; default 4 to 12 minutes, by the seed. */
  readonly horizon?: number
}

/** What the host's code may use in a run. All times are virtual milliseconds. */
export interface HostWorld {
  readonly seed: string | number
  readonly clock: Clock
  readonly random: SeededRandom
  /** The payment node's LND. */
  readonly lnd: SimulatedNode
  /** Nodes around it: `payer` has a channel to it, `payee` is behind `hub`, … */
  readonly peers: Peers
  readonly network: Pick<SimulatedNetwork, 'mine' | 'blockHeight' | 'setFeerate'>
  /** No more faults come, and what was broken is whole again. */
  readonly isHealing: boolean
  /**
   * A request of the host's clients: repeated when the process dies on it or the error is retryable,
   * so it needs an idempotency key as in real life. `says` names it in the trace.
   */
  ask<T>(says: string, request: (node: PaymentNode) => Promise<T>): Promise<Answer<T>>
  /** A line in the trace. */
  note(line: string): void
}

/** A process of the host that begins: called again after each crash, with nothing remembered. */
export interface HostProcess {
  /** Not started yet: name handlers and listeners now. */
  readonly node: PaymentNode
  /** Time inside this process: nothing wakes once it was killed. */
  readonly clock: Clock
}

/** The host in one run. What outlives its processes (its own database) is kept outside of `open`. */
export interface SimulatedHost {
  /** Each process, before its payment node starts. */
  open?(process: HostProcess): void
  /** What the host's clients do. */
  day(): Promise<void>
  /** The host's own promise, asked after every commit: what is wrong, in words. */
  holds?(): string | undefined
  /** The host's own promise, asked when everything has healed and nothing moves any more. */
  holdsInTheEnd?(): string | undefined
}

/** What came of all seeds. */
export interface SimulationSummary {
  readonly seeds: number
  /** Kind of fault → how many really happened. */
  readonly happenings: ReadonlyMap<string, number>
}

/** A promise of the payment node or of the host did not hold; `message` says how to see it again. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError'
  readonly seed: string | number
  readonly violation: Violation
  /** As few as are enough. */
  readonly faults: readonly Fault[]
  /** The trace of the run with these faults. */
  readonly trace: readonly string[]

  constructor({ plan, violation, lines }: RunResult & { readonly violation: Violation }) {
    super(
      [
        `${violation.invariant}: ${violation.found}`,
        violation.says,
        `Seed ${plan.seed}: simulate({ from: ${plan.seed}, seeds: 1 }, …)`,
        `Faults (${plan.faults.length}): ${plan.faults.map((fault) => JSON.stringify(fault)).join(', ') || 'none'}`,
      ].join('\n'),
    )
    this.seed = plan.seed
    this.violation = violation
    this.faults = plan.faults
    this.trace = lines
  }
}

/**
 * Lets a host live through many bad days: the payment node with all its workers, LND and its peers,
 * storage and time are simulated, and faults strike as the seed says. Checks the payment node's own
 * invariants and the host's. Throws {@link SimulationError} at the first that does not hold.
 *
 * The globals for time, chance and the web are forbidden meanwhile: use `world.clock` and
 * `world.random`. Nothing real may be awaited.
 *
 * @example
 * ```ts
 * import { simulate } from '@payment-node/testkit'
 *
 * await simulate({ seeds: 50, faults: ['lnd-down', 'crash-any-time'] }, (world) => {
 *   const shipped = new Map<string, number>() // the shop's own database
 *   return {
 *     open({ node }) {
 *       node.handle('invoice.settled', { consumer: 'shipping' }, ({ invoice }) => {
 *         shipped.set(invoice.id, 1) // the same id again changes nothing
 *       })
 *     },
 *     async day() {
 *       await world.ask('partner', (node) => node.partners.upsert({ id: 'bakery' }))
 *       const order = await world.ask('order', (node) =>
 *         node.invoices.create({ partner: 'bakery', amount: '500 sat' }, { idempotencyKey: '1' }),
 *       )
 *       if ('value' in order) await world.peers.payer.pay(order.value.paymentRequest)
 *     },
 *     holdsInTheEnd: () => (shipped.size === 1 ? undefined : 'the order was not shipped'),
 *   }
 * })
 * ```
 */
export async function simulate(
  options: SimulationOptions,
  createHost: (world: HostWorld) => SimulatedHost,
): Promise<SimulationSummary> {
  const { seeds = 20, from = 1 } = options
  const kinds = kindsOf(options.faults)
  const shape = {
    ...(options.horizon !== undefined && { horizon: options.horizon }),
    ...(options.processes !== undefined && { isShared: options.processes === 2 }),
  }
  const happenings = new Map<string, number>()
  for (let seed = from; seed < from + seeds; seed++) {
    const plan = planRun(seed, { kinds, hasWorkload: false, ...shape })
    const result = await runPlan(plan, runOptionsFor(createHost))
    for (const [kind, count] of result.happenings)
      happenings.set(kind, (happenings.get(kind) ?? 0) + count)
    if (!result.violation) continue
    const { violation = result.violation, ...rest } = await shrinkFaults(
      result,
      runOptionsFor(createHost),
    )
    throw new SimulationError({ ...rest, violation })
  }
  return { seeds, happenings }
}

/** A host of its own for each run, made when the world is there. */
function runOptionsFor(createHost: (world: HostWorld) => SimulatedHost): RunOptions {
  const hosts = new WeakMap<World, SimulatedHost>()
  const hostOf = (world: World): SimulatedHost => {
    const known = hosts.get(world) ?? createHost(hostWorld(world))
    hosts.set(world, known)
    return known
  }
  let current: World | undefined
  return {
    prepare(world) {
      current = world
      hostOf(world)
    },
    open: (world, { node, clock }) => hostOf(world).open?.({ node, clock }),
    perform: (world) => hostOf(world).day(),
    invariants: [...allInvariants, hostPromise(() => (current ? hosts.get(current) : undefined))],
  }
}

function hostPromise(host: () => SimulatedHost | undefined): Invariant {
  return {
    name: 'host',
    says: "The host's own promise holds.",
    begin: () => ({
      commit: () => host()?.holds?.(),
      end: () => host()?.holdsInTheEnd?.(),
    }),
  }
}

function hostWorld(world: World): HostWorld {
  const { seed, clock, random, shop, peers, network } = world
  return {
    seed,
    clock,
    random: random.fork('host'),
    lnd: shop,
    peers,
    network,
    get isHealing() {
      return world.isHealing
    },
    ask: (says, request) => ask(world, says, request),
    note: (line) => world.trace.write(`host ${line}`),
  }
}

function kindsOf(names: readonly string[] | undefined): readonly FaultKind[] {
  if (!names) return allFaultKinds
  return names.map((name) => {
    const kind = allFaultKinds.find((known) => known.name === name)
    if (kind) return kind
    const known = allFaultKinds.map((each) => each.name).join(', ')
    throw new TypeError(`There is no fault ${JSON.stringify(name)}; known are ${known}`)
  })
}
