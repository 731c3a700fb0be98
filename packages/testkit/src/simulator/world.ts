import { PaymentNodeError, type PaymentNodeOptions } from '@payment-node/core'
import type { MemoryData } from '@payment-node/storage-memory'
import type { SeededRandom } from '../network/seeded-random.ts'
import type { SimulatedNetwork } from '../network/simulated-network.ts'
import type { NodeOptions, SimulatedNode } from '../network/simulated-node.ts'
import type { Fault } from './faults/fault.ts'
import type { Feature } from './features.ts'
import type { Invariant, Records, SeenChannel, Truth } from './invariants/invariant.ts'
import type { Books, MirrorBooks } from './mirror-books.ts'
import type { SimulatedProcess } from './open-process.ts'
import type { Place } from './place.ts'
import type { SimulatedWeb } from './simulated-web.ts'
import type { Steps } from './steps.ts'
import type { SimulatedDaemon } from './swaps/daemon-place.ts'
import type { Market, MarketPlace } from './swaps/market-place.ts'
import type { Trace } from './trace.ts'
import type { WorldClock } from './world-clock.ts'

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

/** A number that outlives books and processes. */
export interface OutsideCounter {
  value: number | undefined
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
  /** With `isShared`: the second process only creates and reads (role `'api'`); default false. */
  readonly hasApiProcess?: boolean
  /** A counter of intents outside of the books, as a careful host keeps it; default true. */
  readonly hasCounter?: boolean
  /** The channel keeper acts, with a wallet and listed peers; default false: it looks. */
  readonly hasKeeper?: boolean
  /** What the host uses besides invoices; default nothing. */
  readonly features?: readonly Feature[]
  /** Polls of core take at least so many milliseconds, as on a busy machine; default 0. */
  readonly pollMilliseconds?: number
  /** Opens the providers of swaps, for a host that uses them. */
  readonly openMarket?: (place: MarketPlace) => Market
  /** How many lines of the trace are kept; default all. */
  readonly keepLines?: number
}

/** The hard bounds that processes are started with, in msat. */
export interface Limits {
  readonly capPerDayMsat: bigint
  readonly capPerPayoutMsat: bigint
  /** Of on-chain fees for opening channels, per month. */
  readonly budgetPerMonthMsat: bigint
  /** Of feerates, in sat/vB. */
  readonly hardCeiling: number
  /** Milliseconds until a changed destination is in effect. */
  readonly destinationCoolDown: number
  /** Of speeding up transactions, per UTC day. */
  readonly bumpBudgetPerDayMsat: bigint
  /** What payouts to the operator's own address leave the operator. */
  readonly operatorReserveMsat: bigint
  readonly swapping: SwapLimits
}

/** Hard caps of swaps, in msat. */
export interface SwapLimits {
  /** Worst costs of a UTC day. */
  readonly perDayMsat: bigint
  readonly inFlightMsat: bigint
  readonly inFlightPerProviderMsat: bigint
  readonly perSwapMsat: bigint
  /** sat/vB of a claim before the preimage is revealed. */
  readonly claimCeiling: number
  /** Of the autopilot: what stays on our side. */
  readonly outboundSharePpm: bigint
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
  /** Peers that the keeper may open channels to, best first; none without a keeper. */
  readonly listed: readonly SimulatedNode[]
  /** The counter of intents outside of the books: what a host would keep in a file. */
  readonly counter: OutsideCounter
  readonly random: SeededRandom
  /** Every server that a process can ask. */
  readonly web: SimulatedWeb
  /** Providers of swaps; undefined where the host swaps nothing. */
  readonly market: Market | undefined
  /** The operator's swap daemon; undefined in a world without one. @internal */
  readonly daemon: SimulatedDaemon | undefined
  /** What the chain asks: for transactions and as the fee source tells it, in sat/vB. */
  feerate: number
  readonly places: readonly Place[]
  readonly steps: Steps
  readonly trace: Trace
  readonly records: Records
  /** The books as committed. */
  readonly books: Books
  readonly truth: Truth
  readonly settings: Limits
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
  /** The faults end: nodes and processes come back, clocks are set right, peers behave. */
  heal(): void
  /**
   * Asks all judges for their last word; `channels` is what LND shows of them then, `proof` what the books' proof says
   * (undefined: it was not asked for).
   */
  judgeEnd(channels: readonly SeenChannel[], proof?: string): void
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

/** An error's code, without anything that changes from run to run. */
export function codeOf(error: unknown): string {
  return PaymentNodeError.is(error) ? error.code : String(error)
}
