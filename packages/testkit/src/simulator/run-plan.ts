import { setImmediate } from 'node:timers'
import type { LightningNode } from '@payment-node/core'
import { armFaults } from './arm-faults.ts'
import { ask } from './ask-host.ts'
import { createWorld } from './create-world.ts'
import { allFaultKinds } from './faults/all-fault-kinds.ts'
import type { Fault, FaultKind } from './faults/fault.ts'
import { type Feature, usesSwaps } from './features.ts'
import { forbidGlobals } from './forbid-globals.ts'
import { allInvariants } from './invariants/all-invariants.ts'
import type { Invariant, SeenChannel } from './invariants/invariant.ts'
import type { SimulatedProcess } from './open-process.ts'
import { performWorkload } from './perform-workload.ts'
import type { Action } from './plan-workload.ts'
import { resumeOutgoing } from './resume-outgoing.ts'
import { giveUpStuck } from './swaps/perform-daemon-swaps.ts'
import type { Violation, World, WorldOptions } from './world.ts'

/** Everything that happens in a run, as data. */
export interface RunPlan {
  readonly seed: string | number
  /** Two processes on one storage. */
  readonly isShared: boolean
  /** LND takes payments that no invoice asked for. */
  readonly acceptsKeysend: boolean
  /** Milliseconds after which the faults end. */
  readonly horizon: number
  /** The second process only creates and reads; default false. */
  readonly hasApiProcess?: boolean
  /** The host keeps a counter of intents outside of the books; default false. */
  readonly hasCounter?: boolean
  /** The channel keeper acts; default false. */
  readonly hasKeeper?: boolean
  /** What the host uses besides invoices; default nothing. */
  readonly features?: readonly Feature[]
  /** Polls of core take at least so many milliseconds, as on a busy machine. */
  readonly pollMilliseconds: number
  readonly actions: readonly Action[]
  readonly faults: readonly Fault[]
}

/** What differs from a usual run. */
export interface RunOptions {
  /** Default: all of them. */
  readonly invariants?: readonly Invariant[]
  /** Kinds that the plan may name; default all. */
  readonly faultKinds?: readonly FaultKind[]
  /** Called when the world is made, before any process runs. */
  readonly prepare?: (world: World) => void
  /** Called for each process before its payment node starts. */
  readonly open?: (world: World, process: SimulatedProcess) => void
  /** Runs instead of the plan's actions. */
  readonly perform?: (world: World) => Promise<void>
  readonly world?: Omit<
    WorldOptions,
    | 'seed'
    | 'isShared'
    | 'hasApiProcess'
    | 'hasCounter'
    | 'hasKeeper'
    | 'features'
    | 'pollMilliseconds'
    | 'invariants'
  >
}

/** What came of a run. */
export interface RunResult {
  readonly plan: RunPlan
  /** The first invariant that did not hold. */
  readonly violation: Violation | undefined
  /** SHA-256 of the trace, hex: equal for equal plans on equal code. */
  readonly fingerprint: string
  /** The trace's newest lines. */
  readonly lines: readonly string[]
  /** Kind of fault → how often it really happened. */
  readonly happenings: ReadonlyMap<string, number>
  /** Lines of the trace: calls, commits, events, faults. */
  readonly events: number
  /** Virtual milliseconds that passed. */
  readonly elapsed: number
}

/** How long a world may take to heal, in virtual milliseconds, and how often it is looked at. */
const patience = 3_600_000
const look = 5000
/** Quiet must last so long: what a host does without the books takes its time as well. */
const afterwards = 30_000

/**
 * Runs a plan: the processes start, the host works, faults strike, then they end and the world heals.
 * After every commit and every call that moves money all invariants are asked; the first that does not
 * hold ends the run. The globals for time, chance and the web are forbidden meanwhile.
 */
export async function runPlan(plan: RunPlan, options: RunOptions = {}): Promise<RunResult> {
  let world: World | undefined
  const features = plan.features ?? []
  // What loads modules comes before time stands still.
  const openMarket = usesSwaps(features)
    ? await (await import('./swaps/market.ts')).loadMarket()
    : undefined
  const restore = forbidGlobals((error) =>
    world?.violate({
      invariant: 'no-globals',
      says: 'Core reaches time, chance and the web through its ports only.',
      found: error.stack ?? error.message,
    }),
  )
  // Node ends the host's process for a rejection that nobody handles.
  const unhandled = (reason: unknown): void =>
    world?.violate({
      invariant: 'no-unhandled-rejection',
      says: 'No promise is rejected for nobody: it would end the process of the host.',
      found: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    })
  process.on('unhandledRejection', unhandled)
  try {
    world = createWorld({
      ...options.world,
      seed: plan.seed,
      isShared: plan.isShared,
      hasApiProcess: plan.hasApiProcess ?? false,
      hasCounter: plan.hasCounter ?? false,
      hasKeeper: plan.hasKeeper ?? false,
      features,
      ...(openMarket && { openMarket }),
      pollMilliseconds: plan.pollMilliseconds,
      invariants: options.invariants ?? allInvariants,
      lnd: { acceptsKeysend: plan.acceptsKeysend, ...options.world?.lnd },
    })
    await live(world, plan, options)
    await new Promise((resolve) => setImmediate(resolve))
    return {
      plan,
      violation: world.violation,
      fingerprint: world.trace.fingerprint(),
      lines: world.trace.lines,
      happenings: world.happenings,
      events: world.trace.count,
      elapsed: world.elapsed(),
    }
  } finally {
    world?.end()
    process.off('unhandledRejection', unhandled)
    restore()
  }
}

async function live(world: World, plan: RunPlan, options: RunOptions): Promise<void> {
  const { clock } = world
  const limit = { limitMilliseconds: plan.horizon + 2 * patience }
  if (options.open) world.onOpen(options.open)
  options.prepare?.(world)
  armFaults(world, plan.faults, options.faultKinds ?? allFaultKinds)
  for (const place of world.places) place.open()
  let isDone = false
  const working = (options.perform ?? ((made) => performWorkload(made, plan.actions)))(world).then(
    () => {
      isDone = true
    },
    (error: unknown) => {
      world.violate({
        invariant: 'simulator',
        says: 'The simulated host itself does not fail.',
        found: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    },
  )
  void working
  await clock.runUntil(
    () => world.violation !== undefined || world.elapsed() >= plan.horizon,
    limit,
  )
  if (world.violation) return
  world.heal()
  void mineSlowly(world)
  const deadline = world.elapsed() + patience
  let nextLook = world.elapsed() + look
  const lnd = world.shop.connect()
  for (;;) {
    let quietSince: number | undefined
    await clock.runUntil(() => {
      if (world.violation || world.elapsed() >= deadline) return true
      if (world.elapsed() < nextLook) return false
      nextLook = world.elapsed() + look
      letMoneyOut(world)
      helpDaemon(world)
      if (!isDone || !isQuiet(world)) quietSince = undefined
      else quietSince ??= world.elapsed()
      return quietSince !== undefined && world.elapsed() - quietSince >= afterwards
    }, limit)
    if (world.violation) return
    if (!isDone) {
      world.violate({
        invariant: 'work-ends',
        says: 'When the faults are over, everything that the host and others began comes to its end.',
        found: `something still runs ${patience / 60_000} minutes later`,
      })
      return
    }
    const seen = await clock.run(seeChannels(lnd), limit)
    // A balance may be paid by itself just now.
    if (!isQuiet(world) && world.elapsed() < deadline) continue
    const proof = world.market || world.daemon ? await clock.run(prove(world), limit) : undefined
    world.judgeEnd(seen, proof)
    return
  }
}

/** What the operator reads when he asks for the proof. */
async function prove(world: World): Promise<string | undefined> {
  const answer = await ask(world, 'prove', (node) => node.ledger.prove())
  return 'value' in answer ? answer.value.verdict : undefined
}

async function seeChannels(lnd: LightningNode): Promise<SeenChannel[]> {
  const [open, pending, closed] = await Promise.all([
    lnd.listChannels(),
    lnd.listPendingChannels(),
    lnd.listClosedChannels(),
  ])
  return [
    ...open.map(({ channelPoint, isInitiator, memo }) => ({
      channelPoint,
      list: 'open' as const,
      isOurs: isInitiator,
      memo,
    })),
    ...pending.map(({ channelPoint, isInitiator, memo, state }) => ({
      channelPoint,
      list: state === 'opening' ? ('opening' as const) : ('closing' as const),
      isOurs: isInitiator,
      memo,
    })),
    ...closed.map(({ channelPoint, openedBy }) => ({
      channelPoint,
      list: 'closed' as const,
      isOurs: openedBy === 'us',
      memo: undefined,
    })),
  ]
}

/** Blocks come again, so that what waits on the chain ends: at last what an HTLC's expiry ends. */
async function mineSlowly(world: World): Promise<void> {
  for (let block = 1; block <= 200; block++) {
    world.network.mine()
    await world.clock.sleep(block <= 30 ? 20_000 : 5000)
  }
}

/** An operator resumes what was halted, also what an older copy of the books holds for halted. */
function letMoneyOut(world: World): void {
  if (!world.books.row('safety', world.shop.publicKey)?.is_halted) return
  void resumeOutgoing(world, 'resume after all', 'all is well')
}

/** Milliseconds that a daemon gets to go on with what needs somebody. */
const helpedAfter = 300_000

/** An operator gives up what the daemon, which is honest again, does not take up. */
function helpDaemon(world: World): void {
  if (world.daemon) void giveUpStuck(world, undefined, helpedAfter)
}

/** Nothing is left that will change by itself. */
function isQuiet(world: World): boolean {
  if (world.shop.lifecycle !== 'running') return false
  for (const { state, created_at: createdAt } of world.books.table('payouts').values()) {
    // What a clock that was ahead has dated waits for its time.
    if (state === 'reserved' && (createdAt as number) > world.truth.now()) continue
    if (['reserved', 'queued', 'sending'].includes(state as string)) return false
  }
  for (const invoice of world.books.table('invoices').values()) {
    if (invoice.state === 'open') return false
    const record = world.truth.findInvoice(invoice.payment_hash as string)
    if (record?.state === 'settled' && invoice.state !== 'settled') return false
  }
  for (const intent of world.books.table('channel_intents').values()) {
    if (['intended', 'opening', 'pending'].includes(intent.state as string)) return false
  }
  for (const intent of world.books.table('close_intents').values()) {
    if (intent.state === 'intended') return false
  }
  for (const { state, custody } of world.books.table('swaps').values()) {
    const ends = custody === 'self' ? swapEnds : daemonEnds
    if (!ends.has(state as string)) return false
  }
  if (isHeldTooLong(world) || isStillToTell(world)) return false
  const last = BigInt(world.books.events.length)
  for (const consumer of world.books.table('consumers').values()) {
    if (BigInt(consumer.position as number) < last) return false
  }
  return true
}

const daemonEnds: ReadonlySet<string> = new Set(['completed', 'failed'])
const swapEnds: ReadonlySet<string> = new Set(['claimed', 'failed-unpaid', 'returned', 'lost'])

/** Money is still held whose time has come. */
function isHeldTooLong({ books, shop, truth }: World): boolean {
  for (const { id, available_at: at } of books.table('invoices').values()) {
    if (at == null || (at as number) > truth.now()) continue
    if (!books.row('ledger_transactions', shop.publicKey, `available/${id}`)) return true
  }
  return false
}

/** Milliseconds: what is to be told again later than this is not waited for. */
const soon = 1_200_000

/** A receiver will still be told something. */
function isStillToTell({ books, shop, truth }: World): boolean {
  for (const delivery of books.table('webhook_deliveries').values()) {
    if (delivery.state !== 'waiting' || (delivery.next_at as number) > truth.now() + soon) continue
    const endpoint = books.row('webhook_endpoints', shop.publicKey, delivery.endpoint as string)
    if (endpoint?.state === 'active') return true
  }
  return false
}
