import {
  type NodeInvoice,
  PaymentNodeError,
  type PaymentNodeOptions,
  type PaymentUpdate,
  silentLogger,
} from '@payment-node/core'
import { copyMemoryData, type MemoryData, memoryData } from '@payment-node/storage-memory'
import type { NodeCall } from '../network/faults.ts'
import { createSeededRandom, type SeededRandom } from '../network/seeded-random.ts'
import { createSimulatedNetwork, type SimulatedNetwork } from '../network/simulated-network.ts'
import type { NodeOptions, SimulatedNode } from '../network/simulated-node.ts'
import { describeChange, describeStep } from './describe.ts'
import type { Fault } from './faults/fault.ts'
import { createOutstanding } from './gate-ports.ts'
import { followEvents } from './host-handlers.ts'
import type {
  Invariant,
  Judge,
  Records,
  SeenCommit,
  Truth,
  Witness,
} from './invariants/invariant.ts'
import { createRecords } from './invariants/invariant.ts'
import { type Books, type MirrorBooks, mirrorBooks } from './mirror-books.ts'
import { openProcess, type SimulatedProcess } from './open-process.ts'
import { createPlace, type Place } from './place.ts'
import { createSteps, type Step, type Steps } from './steps.ts'
import { createTrace, type Trace } from './trace.ts'
import { createWorldClock, type WorldClock } from './world-clock.ts'

/** An invariant that did not hold. */
export interface Violation {
  /** Name of the invariant. */
  readonly invariant: string
  /** Its sentence. */
  readonly says: string
  /** What was found. */
  readonly found: string
  /** Milliseconds since the run began. */
  readonly at: number
}

/** The nodes around the payment node's LND. */
export interface Peers {
  /** Pays the shop's invoices over a direct channel. */
  readonly payer: SimulatedNode
  /** Forwards between the shop and the payee. */
  readonly hub: SimulatedNode
  /** Is paid through the hub. */
  readonly payee: SimulatedNode
  /** Is paid over a direct channel, and behaves badly when a fault says so. */
  readonly hostile: SimulatedNode
  /** Has no channel: nothing reaches it. */
  readonly island: SimulatedNode
}

/** The books at one moment. */
export interface BooksCopy {
  readonly data: MemoryData
  readonly books: MirrorBooks
}

/** What a world is made with. */
export interface WorldOptions {
  readonly seed: string | number
  /** Two processes on one storage, which several may have open; default false. */
  readonly isShared?: boolean
  readonly invariants?: readonly Invariant[]
  /** Of each process; clock, random, storage and LND are the world's. */
  readonly node?: Partial<PaymentNodeOptions>
  readonly lnd?: NodeOptions
  /** Polls of core take at least so many milliseconds, as on a busy machine; default 0. */
  readonly pollMilliseconds?: number
  /** How many lines of the trace are kept; default all. */
  readonly keepLines?: number
}

/** Everything that a run happens in. */
export interface World {
  readonly seed: string | number
  readonly clock: WorldClock
  readonly network: SimulatedNetwork<WorldClock>
  /** The payment node's LND. */
  readonly shop: SimulatedNode
  readonly peers: Peers
  /** Channel points by name. */
  readonly channels: Readonly<Record<'payer' | 'hub' | 'payee' | 'hostile', string>>
  readonly random: SeededRandom
  readonly places: readonly Place[]
  readonly steps: Steps
  readonly trace: Trace
  readonly records: Records
  /** The books as committed. */
  readonly books: Books
  readonly truth: Truth
  readonly settings: { readonly capPerDayMsat: bigint; readonly capPerPayoutMsat: bigint }
  /** The first invariant that did not hold; the run ends there. */
  readonly violation: Violation | undefined
  /** The faults have ended. */
  readonly isHealing: boolean
  /** Milliseconds since the run began. */
  elapsed(): number
  /** Resolves at that time since the run began. */
  until(elapsed: number): Promise<void>
  /** A fault really did something; counted once per fault. */
  happened(fault: Fault): void
  /** Kind → how many faults of it. */
  readonly happenings: ReadonlyMap<string, number>
  /** A process that serves; undefined when none does. */
  serving(prefer?: string): SimulatedProcess | undefined
  /** Remembers that this payee was asked to be paid for that debt. */
  owe(debt: string, paymentHash: string, payee: SimulatedNode): void
  /** Tells that an invariant does not hold. */
  violate(violation: Omit<Violation, 'at'>): void
  /** Called when the faults end, to undo what is still going on. */
  onHeal(undo: () => void): void
  heal(): void
  /** Asks all judges for their last word. */
  judgeEnd(): void
  /** The books' data, for a process of one's own or a copy. */
  data: MemoryData
  /** A copy of the books at this moment. */
  copyBooks(): BooksCopy
  /** Puts a copy in the place of the books; no process may have them open. */
  restore(copy: BooksCopy): void
  /** Moves the wall clock of a place (mended when the faults end), or of a shared `'storage'`. */
  jumpClock(place: string, milliseconds: number): void
  /** Calls `open` for each process before its payment node starts. */
  onOpen(open: (world: World, process: SimulatedProcess) => void): void
  /** A process beside the supervised ones; not started. */
  openProcess(place: string): SimulatedProcess
  /** Kills everything, and lets go of what Node keeps alive for it. */
  end(): void
  readonly options: WorldOptions
}

const sat = 1000n
/** Milliseconds between two polls when nothing but healing is left. */
const slowestPoll = 8000

/** A world with its nodes and channels; no process runs yet. */
export function createWorld(options: WorldOptions): World {
  const { seed, isShared = false } = options
  const random = createSeededRandom(`world/${seed}`)
  const network = createSimulatedNetwork({ seed: `network/${seed}`, clock: createWorldClock() })
  const { clock } = network
  const startedAt = clock.monotonic()
  const elapsed = (): number => clock.monotonic() - startedAt
  const trace = createTrace(elapsed, options.keepLines)
  const { shop, peers, channels } = layOut(network, options.lnd)
  const records = createRecords()
  const payees = new Map<string, SimulatedNode>()
  const happenings = new Map<string, number>()
  const happened = new Set<Fault>()
  const undoing: (() => void)[] = []
  const settings = { capPerDayMsat: 3_000_000n * sat, capPerPayoutMsat: 1_000_000n * sat }
  const offsets = new Map<string, number>()
  const opens: ((world: World, process: SimulatedProcess) => void)[] = []
  const created = new Set<SimulatedProcess>()
  let extra = 1000
  let books = mirrorBooks()
  let violation: Violation | undefined
  let isHealing = false
  let isOver = false

  const violate = (found: Omit<Violation, 'at'>): void => {
    if (violation || isOver) return
    violation = { ...found, at: elapsed() }
    trace.write(`VIOLATION ${found.invariant}: ${found.found}`)
    trace.close()
  }

  const truth: Truth = {
    findPayment: (hash): PaymentUpdate | undefined => shop.findPayment(hash),
    findInvoice: (hash): NodeInvoice | undefined => shop.findInvoice(hash),
    receivedMsat: (hash) => payees.get(hash)?.findInvoice(hash)?.paidMsat ?? 0n,
    now: () => clock.now(),
    audit() {
      const { issuedMsat, channelsMsat, walletsMsat, feesMsat } = network.audit()
      const found = channelsMsat + walletsMsat + feesMsat
      return issuedMsat === found ? undefined : `issued ${issuedMsat}, found ${found}`
    },
  }
  const witness: Witness = {
    get books() {
      return books
    },
    publicKey: shop.publicKey,
    truth,
    records,
    ...settings,
  }
  const appoint = () =>
    (options.invariants ?? []).map((invariant) => ({ invariant, judge: invariant.begin(witness) }))
  let judges = appoint()
  const ask = (question: (judge: Judge) => string | undefined): void => {
    if (violation || isOver) return
    for (const { invariant, judge } of judges) {
      let found: string | undefined
      try {
        found = question(judge)
      } catch (error) {
        found = `the invariant itself failed: ${error instanceof Error ? error.stack : error}`
      }
      if (!found) continue
      violate({ invariant: invariant.name, says: invariant.says, found })
      return
    }
  }

  const outstanding = createOutstanding()
  const steps = createSteps((step: Step) => {
    trace.write(describeStep(step))
    ask((judge) => judge.step?.(step))
  })
  shop.faults.add(({ call, moment, parameters }) => {
    if (moment !== 'after-effect') return undefined
    const name = `lightning.${memberOf(call)}`
    const gate = outstanding.find(name, parameters)
    if (!gate || gate.life.isOver) return undefined
    const action = steps.take({ process: gate.process, name: `${name}/effect`, parameters })
    if (!action) return undefined
    if (action.kill) gate.kill()
    if (action.pauseMilliseconds !== undefined) gate.pauseFor(action.pauseMilliseconds)
    return {
      ...(action.delayMilliseconds !== undefined && {
        delayMilliseconds: action.delayMilliseconds,
      }),
      ...(action.error !== undefined && { error: action.error }),
    }
  })

  const create = (place: string, count: number): SimulatedProcess => {
    const opened = openProcess({
      name: place,
      clock,
      steps,
      outstanding,
      lnd: shop,
      data: world.data,
      isExclusive: !isShared,
      hooks: {
        beforeCommit: () => clock.sleep(1),
        afterCommit(change, result) {
          trace.write(describeChange(place, change, result))
          if (!result.committed) return
          const commit: SeenCommit = { process: place, change, rows: books.apply(change) }
          ask((judge) => judge.commit?.(commit))
        },
      },
      random: random.fork(`process/${place}/${count}`),
      wallOffset: () => offsets.get(place) ?? 0,
      storageOffset: isShared ? () => offsets.get('storage') ?? 0 : undefined,
      pollMilliseconds: () => (isHealing ? slowestPoll : (options.pollMilliseconds ?? 0)),
      options: {
        keys: { invoices: createSeededRandom('the key of the simulated shop').bytes(32) },
        logger: silentLogger,
        timing: { sweep: '2m' },
        ...options.node,
        caps: {
          perDay: `${settings.capPerDayMsat / sat} sat`,
          perPayout: `${settings.capPerPayoutMsat / sat} sat`,
        },
      },
    })
    created.add(opened)
    followEvents(world, opened)
    for (const open of opens) open(world, opened)
    return opened
  }
  const places = (isShared ? ['a', 'b'] : ['a']).map((name) =>
    createPlace(
      name,
      (count) => create(name, count),
      (milliseconds) => clock.sleep(milliseconds),
      (line) => trace.write(line),
    ),
  )

  const world: World = {
    seed,
    options,
    clock,
    network,
    shop,
    peers,
    channels,
    random,
    places,
    steps,
    trace,
    records,
    truth,
    settings,
    data: memoryData(),
    happenings,
    get books() {
      return books
    },
    get violation() {
      return violation
    },
    get isHealing() {
      return isHealing
    },
    elapsed,
    until: (time) => clock.sleep(Math.max(0, time - elapsed())),
    happened(fault) {
      if (happened.has(fault)) return
      happened.add(fault)
      trace.write(`fault ${fault.kind} ${JSON.stringify(fault.parameters)}`)
      happenings.set(fault.kind, (happenings.get(fault.kind) ?? 0) + 1)
    },
    serving(prefer) {
      const able = places.filter(
        ({ isServing, process }) => isServing && process?.isAlive && !process.isPaused,
      )
      return (able.find(({ name }) => name === prefer) ?? able[0])?.process
    },
    owe(debt, paymentHash, payee) {
      payees.set(paymentHash, payee)
      records.debtOf.set(paymentHash, debt)
      const hashes = records.debts.get(debt) ?? new Set()
      records.debts.set(debt, hashes.add(paymentHash))
    },
    violate,
    onHeal: (undo) => undoing.push(undo),
    heal() {
      isHealing = true
      trace.write('the faults end')
      for (const undo of undoing.splice(0).reverse()) undo()
      // The storage's stays: moved back, it would keep the lease of a leader that died.
      for (const { name } of places) offsets.delete(name)
      for (const node of [shop, ...Object.values(peers)]) node.start()
      shop.setSynced(true)
      for (const place of places) {
        place.process?.resume()
        place.open()
      }
    },
    judgeEnd: () => ask((judge) => judge.end?.()),
    copyBooks: () => ({ data: copyMemoryData(world.data), books: books.copy() }),
    restore(copy) {
      world.data = copy.data
      books = copy.books
      records.wasRestored = true
      // What they remember has not happened for these books.
      judges = appoint()
    },
    jumpClock(place, milliseconds) {
      offsets.set(place, (offsets.get(place) ?? 0) + milliseconds)
      trace.write(`clock ${place} jumps ${milliseconds}`)
    },
    onOpen: (open) => opens.push(open),
    end() {
      isOver = true
      trace.close()
      for (const place of places) place.kill(Number.POSITIVE_INFINITY)
      for (const opened of created) {
        opened.kill()
        // Node keeps a combined AbortSignal with listeners for ever, unless it is aborted.
        void opened.node.stop()
      }
    },
    openProcess: (place) => create(place, ++extra),
  }
  return world
}

/** The member of the port that a call of LND belongs to, as the steps are named. */
function memberOf(call: NodeCall): string {
  const nested: Partial<Record<NodeCall, string>> = {
    connectPeer: 'opener.connect',
    openChannel: 'opener.open',
    closeChannel: 'opener.close',
    abandonChannel: 'opener.abandon',
    newAddress: 'onchain.newAddress',
    unspent: 'onchain.unspent',
    transactions: 'onchain.transactions',
    estimateFeerate: 'onchain.estimateFeerate',
    requiredReserve: 'onchain.requiredReserve',
    publishTransaction: 'onchain.publish',
    findNode: 'graph.findNode',
    readPolicies: 'policies.read',
    writePolicy: 'policies.write',
    listForwards: 'forwards.list',
  }
  return nested[call] ?? call
}

function layOut(
  network: SimulatedNetwork<WorldClock>,
  lnd: NodeOptions | undefined,
): Pick<World, 'shop' | 'peers' | 'channels'> {
  const shop = network.addNode('shop', lnd)
  const peers = {
    payer: network.addNode('payer'),
    hub: network.addNode('hub'),
    payee: network.addNode('payee'),
    hostile: network.addNode('hostile'),
    island: network.addNode('island'),
  }
  const capacitySat = 10_000_000n
  const half = { capacitySat, pushSat: capacitySat / 2n }
  const channels = {
    payer: network.establishChannel({ from: peers.payer, to: shop, capacitySat }),
    hub: network.establishChannel({ from: shop, to: peers.hub, ...half }),
    payee: network.establishChannel({ from: peers.hub, to: peers.payee, ...half }),
    hostile: network.establishChannel({ from: shop, to: peers.hostile, ...half }),
  }
  return { shop, peers, channels }
}

/** Node's own words for an error, without anything that changes from run to run. */
export function codeOf(error: unknown): string {
  return PaymentNodeError.is(error) ? error.code : String(error)
}
