import {
  type Clock,
  createPaymentNode,
  type PaymentNode,
  type PaymentNodeOptions,
  type SwapProvider,
} from '@payment-node/core'
import { type CommitHooks, type MemoryData, memory } from '@payment-node/storage-memory'
import type { SeededRandom } from '../network/seeded-random.ts'
import type { SimulatedNode } from '../network/simulated-node.ts'
import {
  type Gate,
  gateClock,
  gateCounter,
  gateLightning,
  gateStorage,
  type Outstanding,
} from './gate-ports.ts'
import { gateFeeSource, gateHttp } from './gate-web.ts'
import { createLife, type Life } from './life.ts'
import type { SimulatedWeb } from './simulated-web.ts'
import type { Steps } from './steps.ts'
import { gateProvider } from './swaps/gate-provider.ts'
import type { OutsideCounter } from './world.ts'
import type { WorldClock } from './world-clock.ts'

/** One process of the host with a payment node in it. */
export interface SimulatedProcess {
  /** `'a'`, `'b'`: its place. */
  readonly name: string
  readonly node: PaymentNode
  /** Time as the process feels it: nothing wakes while it is paused or over. */
  readonly clock: Clock
  readonly isAlive: boolean
  readonly isPaused: boolean
  /** Resolves when it was killed. */
  readonly over: Promise<void>
  /** SIGKILL: it takes no further step, its connections break, its books can be opened again. */
  kill(): void
  /** SIGSTOP: time and the world go on without it. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Pauses, and resumes by itself. */
  pauseFor(milliseconds: number): void
}

/** Where a process runs. */
export interface ProcessSurroundings {
  readonly name: string
  readonly clock: WorldClock
  readonly steps: Steps
  readonly outstanding: Outstanding
  readonly lnd: SimulatedNode
  readonly data: MemoryData
  readonly isExclusive: boolean
  readonly hooks: CommitHooks
  readonly random: SeededRandom
  /** Milliseconds that the process's wall clock is ahead. */
  readonly wallOffset: () => number
  /** The same of a storage with a clock of its own; undefined: it uses the process's. */
  readonly storageOffset: (() => number) | undefined
  /** Milliseconds that a process's polls really take, as a busy machine lets them; asked at each. */
  readonly pollMilliseconds: () => number
  /** Outside of the books; undefined: the host keeps none. */
  readonly counter: OutsideCounter | undefined
  readonly web: SimulatedWeb
  /** Providers of swaps, connected for this process; none where the host swaps nothing. */
  readonly swapProviders: readonly SwapProvider[]
  /** What a fee source answers, in sat/vB; undefined: LND's estimate is all there is. */
  readonly readFeerate: (() => Promise<number>) | undefined
  readonly options: ProcessOptions
}

/** What a host chooses; the rest is the world's. */
export type ProcessOptions = Omit<
  PaymentNodeOptions,
  'lightning' | 'storage' | 'clock' | 'random' | 'intentCounter' | 'http'
>

/** Makes a process; its node is not started yet. */
export function openProcess(surroundings: ProcessSurroundings): SimulatedProcess {
  const { name, clock, steps, outstanding, lnd, data, isExclusive, hooks } = surroundings
  const life: Life = createLife()
  const client = lnd.connect()
  const storage = memory({ data, exclusive: isExclusive, hooks })
  const kill = (): void => {
    if (life.isOver) return
    life.end()
    storage.kill()
    void client.close()
  }
  const pauseFor = (milliseconds: number): void => {
    if (life.isPaused) return
    life.pause()
    void clock.sleep(milliseconds).then(() => life.resume())
  }
  const gate: Gate = { process: name, life, steps, clock, outstanding, kill, pauseFor }
  const ownClock = gateClock(gate, surroundings)
  const { counter, readFeerate, swapProviders, options } = surroundings
  const node = createPaymentNode({
    ...options,
    ...(swapProviders.length > 0 && {
      swaps: swapProviders.map((provider) => gateProvider(gate, provider)),
    }),
    ...(readFeerate && { fees: { ...options.fees, source: gateFeeSource(gate, readFeerate) } }),
    http: gateHttp(gate, surroundings.web),
    ...(counter && { intentCounter: gateCounter(gate, counter) }),
    lightning: gateLightning(gate, client),
    storage: gateStorage(gate, storage, surroundings.storageOffset),
    clock: ownClock,
    random: surroundings.random,
  })
  return {
    name,
    node,
    clock: ownClock,
    get isAlive() {
      return !life.isOver
    },
    get isPaused() {
      return life.isPaused
    },
    over: life.over,
    kill,
    pause: () => life.pause(),
    resume: () => life.resume(),
    pauseFor,
  }
}
