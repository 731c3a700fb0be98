import type { SelfCustodialSwapProvider } from '@payment-node/core'
import type { BoltzServer } from '../../boltz-server/create-boltz-server.ts'
import type { SimulatedNetwork } from '../../network/simulated-network.ts'
import type { SimulatedNode } from '../../network/simulated-node.ts'
import type { WorldClock } from '../world-clock.ts'

/** Where providers of swaps open. */
export interface MarketPlace {
  readonly seed: string | number
  readonly network: SimulatedNetwork<WorldClock>
  /** The payment node's LND. */
  readonly lnd: SimulatedNode
  /** Each has a channel to every provider. */
  readonly routers: readonly SimulatedNode[]
  readonly names: readonly string[]
  /** Milliseconds since the run began. */
  elapsed(): number
  /** A process of ours serves, and its LND is there and synced. */
  isServed(): boolean
}

/** A provider of swaps, which is honest until a fault says otherwise. */
export interface MarketProvider {
  readonly name: string
  readonly node: SimulatedNode
  readonly server: BoltzServer
  /** It never comes back, also not when the world heals. */
  isGone: boolean
  /** Its protocol, for one process. */
  connect(): SelfCustodialSwapProvider
}

/** The providers of a world, and what chain and providers know of their swaps. */
export interface Market {
  /** @internal */
  readonly providers: readonly MarketProvider[]
  readonly truth: SwapTruth
  /** They are honest again, and back unless they are gone for good. */
  heal(): void
}

/** A swap as its provider has it, whatever it has told. */
export interface SeenSwap {
  readonly provider: string
  /** Ours, hex. */
  readonly paymentHash: string
  /** Of the invoice, and what was promised on chain. */
  readonly amountSat: bigint
  readonly promisedSat: bigint
  /** Height from which the provider can take the lockup, by the tree that it really made. */
  readonly freeFrom: number
  readonly lockup:
    | {
        readonly transactionId: string
        readonly outpoint: string
        readonly amountSat: bigint
      }
    | undefined
}

/** What chain and providers know, whatever the books say. */
export interface SwapTruth {
  /** Of the chain's tip. */
  height(): number
  /** All that were ever created, of every provider. */
  swaps(): readonly SeenSwap[]
  /** It is in a block, or was half a minute ago: a reorganization may not have been heard of. */
  wasInBlock(transactionId: string): boolean
  /** What spends an outpoint; 0 confirmations: it waits. */
  spending(outpoint: string):
    | {
        readonly transactionId: string
        readonly rawTransaction: Uint8Array
        readonly confirmations: number
      }
    | undefined
  /** What a transaction spends and pays, by a parser of its own. */
  read(rawTransaction: Uint8Array): {
    readonly transactionId: string
    readonly spends: readonly string[]
    readonly outputsSat: readonly bigint[]
  }
  /** By an independent judge of scripts; undefined: the transaction may spend it. */
  whyNotSpendable(
    rawTransaction: Uint8Array,
    output: { readonly script: string; readonly amountSat: bigint },
  ): string | undefined
  /** An output of the chain or of the mempool; undefined: there is none. */
  outputAt(outpoint: string): { readonly script: string; readonly amountSat: bigint } | undefined
  /** Milliseconds between two moments of the run in which we could do something. */
  servedBetween(from: number, to: number): number
  /** When the chain had this height first, in milliseconds since the run began; undefined: it has not. */
  heightReachedAt(height: number): number | undefined
}
