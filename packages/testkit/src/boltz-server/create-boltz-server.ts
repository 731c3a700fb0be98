import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@payment-node/core'
import { answerRequest, type BoltzAnswer, type BoltzRequest } from './answer-request.ts'
import { type BoltzFaults, createBoltzFaults } from './faults.ts'
import { type BoltzAddress, listenOnLoopback } from './listen.ts'
import type { BoltzChain, BoltzLightning, MusigSigner } from './ports.ts'
import type { BoltzSettings, BoltzSwap, ServerContext } from './server-context.ts'
import { invoicedHash, tendSwap } from './tend-swap.ts'
import { type BoltzListener, type BoltzSubscription, createUpdates } from './updates.ts'

/** Options of {@link createBoltzServer}. */
export interface BoltzServerOptions {
  readonly lightning: BoltzLightning
  readonly chain: BoltzChain
  readonly signer: MusigSigner
  /** Default: honest. They may change while the server runs. */
  readonly faults?: BoltzFaults
  /** Default: real time. */
  readonly clock?: Clock
  /** Default: the system's. With seeded ones the same calls give the same swaps. */
  readonly random?: (bytes: number) => Uint8Array
  readonly settings?: Partial<BoltzSettings>
  /** The node of the client: the fault `invoice-own-node` needs it. */
  readonly clientLightning?: BoltzLightning
}

/** A server of Boltz API v2, for reverse swaps of bitcoin and bitcoin. */
export interface BoltzServer {
  readonly faults: BoltzFaults
  readonly settings: BoltzSettings
  /** Serves HTTP and WebSockets on 127.0.0.1, on a free port. */
  listen(): Promise<BoltzAddress>
  /** One request without a socket: for code under virtual time. */
  handle(request: BoltzRequest): Promise<BoltzAnswer>
  /** A WebSocket without a socket. Throws when the server takes none. */
  openWebSocket(listener: BoltzListener): BoltzSubscription
  /** Its swaps, oldest first; they go on changing. */
  swaps(): readonly BoltzSwap[]
  /** What went wrong inside while nobody was waiting for it, such as a refused publishing. */
  readonly errors: readonly unknown[]
  /** How often pairs were asked for. */
  readonly pairReads: number
  /** Whether it can be reached; faults let it vanish for good, and this brings it back. */
  isReachable: boolean
  /** Takes the next step of every swap now, as it does by itself with each change of node and chain. */
  tendAll(): Promise<void>
  /** Ends everything; swaps stay as they are. */
  close(): Promise<void>
}

const defaults: BoltzSettings = {
  feePercent: 0.5,
  lockupFeeSat: 308,
  claimFeeSat: 222,
  minimumSat: 10_000,
  maximumSat: 25_000_000,
  timeoutBlocks: 144,
  // LND sends a held payment back 18 blocks before it expires; until the refund is safe it must not.
  cltvMarginBlocks: 40,
}

/**
 * A Boltz server that does the real thing, with given node and chain, and cheats in each way that
 * {@link boltzFaults} names.
 */
export function createBoltzServer(options: BoltzServerOptions): BoltzServer {
  const { lightning, chain, signer, clientLightning, clock = realTime } = options
  const faults = options.faults ?? createBoltzFaults()
  const swaps: BoltzSwap[] = []
  const errors: unknown[] = []
  const ending = new AbortController()
  const stops: (() => unknown)[] = []
  const followed = new Set<BoltzSwap>()

  const context: ServerContext = {
    lightning,
    clientLightning,
    chain,
    signer,
    faults,
    clock,
    random: options.random ?? randomBytes,
    settings: { ...defaults, ...options.settings },
    swaps,
    updates: createUpdates(faults, clock, (id) => swaps.find((swap) => swap.id === id)),
    pairReads: 0,
    isReachable: true,
    tend(swap) {
      swap.turn = swap.turn.then(async () => {
        if (ending.signal.aborted) return
        await tendSwap(context, swap).catch((error: unknown) => errors.push(error))
      })
      return swap.turn
    },
  }
  const tendAll = async (): Promise<void> => {
    await Promise.all(swaps.map((swap) => context.tend(swap)))
  }
  const follow = (swap: BoltzSwap): void => {
    if (followed.has(swap)) return
    followed.add(swap)
    if (swap.isInvoiceOurs) {
      stops.push(lightning.watch(invoicedHash(swap), () => void context.tend(swap)))
    }
    const wait = swap.expiresAt - clock.now()
    void clock.sleep(wait, ending.signal, true).then(() => context.tend(swap))
  }
  stops.push(chain.watch(oneAtATime(tendAll)))

  const server: BoltzServer = {
    faults,
    settings: context.settings,
    errors,
    swaps: () => swaps,
    get pairReads() {
      return context.pairReads
    },
    get isReachable() {
      return context.isReachable
    },
    set isReachable(isReachable) {
      context.isReachable = isReachable
    },
    async handle(request) {
      const answer = await answerRequest(context, request)
      for (const swap of swaps) follow(swap)
      return answer
    },
    openWebSocket(listener) {
      if (!context.isReachable || faults.has('vanished') || faults.strike('web-socket-refused')) {
        throw new Error('The server takes no WebSocket')
      }
      return context.updates.open(listener)
    },
    async listen() {
      const { address, stop } = await listenOnLoopback(server)
      stops.push(stop)
      return address
    },
    tendAll,
    async close() {
      ending.abort()
      context.updates.closeAll()
      await Promise.all(stops.splice(0).map((stop) => stop()))
      await Promise.all(swaps.map(({ turn }) => turn))
    },
  }
  return server
}

/** Runs the work now, or once more after the run that is on: many changes at once are one. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isRunning = false
  let isWanted = false
  return () => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    void (async () => {
      while (isWanted) {
        isWanted = false
        await work()
      }
      isRunning = false
    })()
  }
}

const realTime: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal, background = false) =>
    delay(milliseconds, undefined, { ref: !background, ...(signal && { signal }) }).catch(() => {}),
}
