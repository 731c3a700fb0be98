import type { Clock, Network } from '@payment-node/core'
import type { Chain } from './chain.ts'
import type { Channel } from './channel.ts'
import type { ReadInvoice } from './decode-bolt11.ts'
import type { NodeState } from './node-state.ts'
import type { SpendJudge } from './real-transaction.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Wallet } from './wallet.ts'

/** How long things take, in milliseconds of the network's clock. */
export interface Timing {
  /** One call of a node, there and back. */
  readonly callMilliseconds: number
  /** One HTLC, or its result, over one channel. */
  readonly hopMilliseconds: number
  /** From a node's start until its peers are connected again. */
  readonly reconnectMilliseconds: number
  /** From a channel's first active moment until path finding knows it. */
  readonly graphMilliseconds: number
  /** How long a payee keeps an incomplete set of parts; LND: 120 s. */
  readonly partialSetMilliseconds: number
  /** How long a connect waits for somebody who never answers. */
  readonly connectMilliseconds: number
  /** How long a call that talks to a peer waits for LND; its outcome is unknown then. */
  readonly peerDeadlineMilliseconds: number
  /** How often LND writes forwards down: 15 s. */
  readonly forwardMilliseconds: number
}

/** What every part of the simulated network shares. Inner: hosts use `SimulatedNetwork`. */
export interface Simulation {
  readonly clock: Clock
  readonly random: SeededRandom
  readonly network: Network
  readonly timing: Timing
  readonly hasIndexGaps: boolean
  /** By public key. */
  readonly nodes: Map<string, NodeState>
  /** By channel point, closed ones too. */
  readonly channels: Map<string, Channel>
  readonly chain: Chain
  /** Whose an address is. */
  readonly addresses: Map<string, Wallet>
  /** Says whether scripts allow a spending; without it no real transaction is taken from a node. */
  spendJudge: SpendJudge | undefined
  /** Decodes for this network; remembers, because every party decodes the same text. */
  decode(paymentRequest: string): ReadInvoice
  /** One of its own nodes has encoded this: a network that trusts them need not read it. */
  noteEncoded(paymentRequest: string, says: Omit<ReadInvoice, 'features'>): void
}

/** Starts work that nobody waits for; a mistake in it must not vanish. */
export function inBackground(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    queueMicrotask(() => {
      throw error
    })
  })
}
