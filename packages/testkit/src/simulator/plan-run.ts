import { createSeededRandom, type SeededRandom } from '../network/seeded-random.ts'
import { allFaultKinds } from './faults/all-fault-kinds.ts'
import { planDaemonFaults } from './faults/daemon-faults.ts'
import type { Fault, FaultKind, PlanFrame } from './faults/fault.ts'
import { planSwapFaults } from './faults/swap-faults.ts'
import { planFeatures, planTrades, type Sold } from './plan-trades.ts'
import { type Action, planChannels, planWorkload } from './plan-workload.ts'
import type { RunPlan } from './run-plan.ts'

/** Milliseconds in which faults strike: 4 to 12 minutes. */
const shortest = 240_000
const longest = 720_000

/** What a plan is made of. */
export interface PlanOptions {
  /** Faults that may be in it; default all. */
  readonly kinds?: readonly FaultKind[]
  /** Invoices and payouts of the usual host; default true. */
  readonly hasWorkload?: boolean
  /** Milliseconds in which faults strike; default by the seed. */
  readonly horizon?: number
  /** Two processes on one storage; default by the seed. */
  readonly isShared?: boolean
}

/**
 * Makes everything that will happen in a run from its seed. Workload and faults come from separate
 * chance, and each fault from its own, so that leaving one out changes nothing else.
 */
export function planRun(seed: string | number, options: PlanOptions = {}): RunPlan {
  const { kinds = allFaultKinds, hasWorkload = true } = options
  const random = createSeededRandom(`plan/${seed}`)
  const shape = random.fork('shape')
  const chosenHorizon = shortest + shape.integer(longest - shortest)
  const horizon = options.horizon ?? chosenHorizon
  const isChosenShared = shape.integer(100) < 45
  const isShared = options.isShared ?? isChosenShared
  const acceptsKeysend = shape.integer(100) < 30
  const hasApiProcess = isShared && random.fork('role').integer(100) < 25
  const hasCounter = random.fork('counter').integer(100) < 70
  const hasKeeper = random.fork('keeper').integer(100) < 25
  const pollMilliseconds = [0, 4000, 8000, 8000][shape.integer(4)]!
  const actions = hasWorkload ? planWorkload(random.fork('workload'), horizon) : []
  if (hasWorkload && hasKeeper) actions.push(...planChannels(random.fork('channels'), horizon))
  const features = hasWorkload ? planFeatures(random.fork('features')) : []
  const sold = actions.flatMap((action) => (action.do === 'invoice' ? [soldBy(action)] : []))
  actions.push(...planTrades(random.fork('trades'), horizon, features, sold))
  if (features.includes('settings')) addCommissions(actions, random.fork('commissions'))
  const named = (what: string): string[] =>
    actions.flatMap((action) => (action.do === what && 'name' in action ? [action.name] : []))
  const weather = random.fork('weather')
  const frame: PlanFrame = {
    horizon,
    storm: weather.integer(2) === 0 ? weather.integer(horizon) : undefined,
    isShared,
    acceptsKeysend,
    hasCounter,
    hasKeeper,
    features,
    payouts: named('payout'),
    invoices: named('invoice'),
    addresses: [...named('pay-address'), ...accountsOf(actions)],
    receivers: named('endpoint'),
  }
  const faults: Fault[] = []
  const count = 1 + shape.integer(7)
  for (let position = 0; position < count; position++) {
    const chance = random.fork(`fault/${position}`)
    const kind = kinds[chance.integer(Math.max(1, kinds.length))]
    const planned = kind?.plan(chance, frame)
    if (kind && planned) faults.push({ kind: kind.name, ...planned })
  }
  if (options.kinds === undefined) {
    faults.push(...planSwapFaults(random.fork('swap-faults'), frame))
    faults.push(...planDaemonFaults(random.fork('daemon-faults'), frame))
  }
  return {
    seed,
    isShared,
    hasApiProcess,
    acceptsKeysend,
    horizon,
    pollMilliseconds,
    hasCounter,
    hasKeeper,
    features,
    actions,
    faults,
  }
}

function soldBy({ name, partner, at, paidAfter }: Extract<Action, { do: 'invoice' }>): Sold {
  return { name, partner, paidAt: paidAfter === undefined ? undefined : at + paidAfter }
}

/** Names before the `@` that are paid without being asked for. */
function accountsOf(actions: readonly Action[]): string[] {
  return actions.flatMap((action) =>
    action.do === 'destination' && action.kind === 'offchain' ? [action.account] : [],
  )
}

function addCommissions(actions: Action[], random: SeededRandom): void {
  for (const [position, action] of actions.entries()) {
    if (action.do !== 'invoice' || random.integer(3) > 0) continue
    actions[position] = { ...action, commissionPpm: random.integer(50_000) }
  }
}
