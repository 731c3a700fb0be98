import type { DelegatedSwapProvider } from '@payment-node/core'
import type { SimulatedNetwork } from '../../network/simulated-network.ts'
import type { SimulatedNode } from '../../network/simulated-node.ts'
import type { WorldClock } from '../world-clock.ts'
import type { DaemonManners, DaemonWay } from './daemon-ways.ts'

/** Where a daemon runs. */
export interface DaemonPlace {
  readonly seed: string | number
  readonly network: SimulatedNetwork<WorldClock>
  /** The payment node's LND, which the daemon pays with. */
  readonly lnd: SimulatedNode
  /** Each has a channel to the daemon's swap server. */
  readonly routers: readonly SimulatedNode[]
  readonly name: string
}

/** A daemon that swaps with our LND, as loopd does, and its swap server. */
export interface SimulatedDaemon {
  readonly name: string
  /** The swap server's node. */
  readonly server: SimulatedNode
  readonly manners: DaemonManners
  readonly truth: DaemonTruth
  readonly isRunning: boolean
  /** Ends its process; what it has stored stays. */
  stop(): void
  /** Starts it: it goes on where it was. */
  start(): void
  /** Its data is gone; its server goes on. Whether there was a swap to forget. */
  forget(): boolean
  /** It swaps by itself, which nobody here has asked for. */
  autoloop(amountSat: bigint): void
  /** An address of somebody else's wallet. */
  outsideAddress(): Promise<string | undefined>
  /** Its protocol, for one process. */
  connect(): DelegatedSwapProvider
  /** It is honest again, and runs. */
  heal(): void
}

/** A swap that a daemon has really started, whatever it has told. */
export interface SeenDaemonSwap {
  readonly label: string
  /** Nobody here has asked for it. */
  readonly isForeign: boolean
  readonly way: DaemonWay | undefined
  readonly amountSat: bigint
  /** Hex, of its two payments. */
  readonly mainHash: string
  readonly prepayHash: string
  /** Where its coins go. */
  readonly address: string
  /** Ids of the transactions that bring them. */
  readonly sweeps: ReadonlySet<string>
}

/** What is known of a daemon, whatever it and the books say. */
export interface DaemonTruth {
  readonly name: string
  /** All that it has ever started. */
  swaps(): readonly SeenDaemonSwap[]
  /** Its list was once without a swap that it had started, or not complete. */
  wasHidden(label: string): boolean
}
