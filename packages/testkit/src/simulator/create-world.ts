import type { NodeInvoice, PaymentUpdate } from '@payment-node/core'
import { copyMemoryData, memoryData } from '@payment-node/storage-memory'
import { createSeededRandom } from '../network/seeded-random.ts'
import { createSimulatedNetwork } from '../network/simulated-network.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import { openCourt } from './ask-judges.ts'
import { describeChange, describeStep } from './describe.ts'
import type { Fault } from './faults/fault.ts'
import { paysOnchain, usesDaemon } from './features.ts'
import { createOutstanding } from './gate-ports.ts'
import { followEvents } from './host-handlers.ts'
import {
  createRecords,
  type SeenChannel,
  type SeenCommit,
  type Truth,
  type Witness,
} from './invariants/invariant.ts'
import { layOutNodes } from './lay-out-nodes.ts'
import { mannersOf } from './manners.ts'
import { mirrorBooks } from './mirror-books.ts'
import { openProcess, type SimulatedProcess } from './open-process.ts'
import { addressOf } from './outside-address.ts'
import { createPlace } from './place.ts'
import { processOptions } from './process-options.ts'
import { createSimulatedWeb } from './simulated-web.ts'
import { createSteps, type Step } from './steps.ts'
import { openDaemon } from './swaps/daemon.ts'
import { createTrace } from './trace.ts'
import { watchEffects } from './watch-effects.ts'
import type { Limits, OutsideCounter, Violation, World, WorldOptions } from './world.ts'
import { createWorldClock } from './world-clock.ts'

const sat = 1000n
const limits: Limits = {
  capPerDayMsat: 3_000_000n * sat,
  capPerPayoutMsat: 1_000_000n * sat,
  budgetPerMonthMsat: 100_000n * sat,
  hardCeiling: 100,
  destinationCoolDown: 120_000,
  bumpBudgetPerDayMsat: 50_000n * sat,
  // Channels and coins of a world that pays on chain are 14,800,000 sat.
  operatorReserveMsat: 14_200_000n * sat,
  swapping: {
    perDayMsat: 45_000n * sat,
    inFlightMsat: 8_000_000n * sat,
    inFlightPerProviderMsat: 5_000_000n * sat,
    perSwapMsat: 2_000_000n * sat,
    claimCeiling: 10,
    outboundSharePpm: 380_000n,
  },
}
/** Milliseconds between two polls when nothing but healing is left. */
const slowestPoll = 8000

/** A world with its nodes and channels; no process runs yet. */
export function createWorld(options: WorldOptions): World {
  const { seed, isShared = false, hasCounter = true, hasKeeper = false, features = [] } = options
  const random = createSeededRandom(`world/${seed}`)
  const network = createSimulatedNetwork({
    seed: `network/${seed}`,
    clock: createWorldClock(),
    trustsOwnInvoices: true,
  })
  const { clock } = network
  const startedAt = clock.monotonic()
  const elapsed = (): number => clock.monotonic() - startedAt
  const trace = createTrace(elapsed, options.keepLines)
  const { shop, peers, channels, listed } = layOutNodes(
    network,
    options.lnd,
    hasKeeper,
    paysOnchain(features),
  )
  const market = options.openMarket?.({
    seed,
    network,
    lnd: shop,
    routers: [peers.hub, peers.hostile],
    names: ['alpha', 'beta'],
    elapsed,
    isServed: () =>
      shop.lifecycle === 'running' &&
      places.some(({ isServing, process }) => isServing && process?.isAlive && !process.isPaused),
  })
  const daemon = usesDaemon(features)
    ? openDaemon({ seed, network, lnd: shop, routers: [peers.hub, peers.hostile], name: 'loop' })
    : undefined
  const operatorAddress = addressOf({ seed }, 'operator')
  const web = createSimulatedWeb()
  const records = createRecords()
  const payees = new Map<string, SimulatedNode>()
  const happenings = new Map<string, number>()
  const happened = new Set<Fault>()
  const undoing: (() => void)[] = []
  const offsets = new Map<string, number>()
  const opens: ((world: World, process: SimulatedProcess) => void)[] = []
  const created = new Set<SimulatedProcess>()
  const counter: OutsideCounter = { value: undefined }
  let channelsAtEnd: readonly SeenChannel[] = []
  let extra = 1000
  let feerate = 1
  let books = mirrorBooks()
  let violation: Violation | undefined
  let isHealing = false
  let isOver = false
  let proof: string | undefined

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
    counter: () => (hasCounter ? (counter.value ?? 0) : undefined),
    channels: () => channelsAtEnd,
    outputsTo: (address) => network.outputsTo(address),
    swapping: market?.truth,
    daemon: daemon?.truth,
    elapsed,
    proof: () => proof,
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
    operatorAddress,
    ...limits,
  }
  const court = openCourt(options.invariants ?? [], witness, violate)
  const isJudged = (): boolean => !violation && !isOver

  const outstanding = createOutstanding()
  const steps = createSteps((step: Step) => {
    trace.write(describeStep(step))
    if (isJudged()) court.step(step)
  })
  watchEffects(shop, outstanding, steps)

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
          if (isJudged()) court.commit(commit)
        },
      },
      random: random.fork(`process/${place}/${count}`),
      wallOffset: () => offsets.get(place) ?? 0,
      storageOffset: isShared ? () => offsets.get('storage') ?? 0 : undefined,
      pollMilliseconds: () => (isHealing ? slowestPoll : (options.pollMilliseconds ?? 0)),
      options: {
        ...processOptions(limits, listed, features, operatorAddress),
        role: options.hasApiProcess && place === 'b' ? 'api' : 'all',
        ...options.node,
      },
      counter: hasCounter ? counter : undefined,
      web,
      swapProviders: [...(market?.providers ?? []), ...(daemon ? [daemon] : [])].map((provider) =>
        provider.connect(),
      ),
      readFeerate: paysOnchain(features)
        ? async () => mannersOf(world).feeSource?.() ?? world.feerate
        : undefined,
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
    web,
    get feerate() {
      return feerate
    },
    set feerate(satPerVbyte) {
      feerate = satPerVbyte
      network.setFeerate(satPerVbyte)
    },
    places,
    steps,
    trace,
    records,
    market,
    daemon,
    truth,
    settings: limits,
    listed,
    counter,
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
      for (const node of [shop, ...Object.values(peers), ...listed]) {
        node.start()
        node.setConduct({})
      }
      market?.heal()
      daemon?.heal()
      shop.setSynced(true)
      world.feerate = 1
      for (const place of places) {
        place.process?.resume()
        place.open()
      }
    },
    judgeEnd(seen, verdict) {
      channelsAtEnd = seen
      proof = verdict
      if (isJudged()) court.end()
    },
    copyBooks: () => ({ data: copyMemoryData(world.data), books: books.copy() }),
    restore(copy) {
      world.data = copy.data
      books = copy.books
      records.wasRestored = true
      court.renew()
    },
    jumpClock(place, milliseconds) {
      offsets.set(place, (offsets.get(place) ?? 0) + milliseconds)
      records.clocksJumped = true
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
