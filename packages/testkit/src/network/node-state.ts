import type { ChannelHint } from '@payment-node/core'
import type { Faults } from './faults.ts'
import type { InvoiceBook } from './invoice-book.ts'
import type { PaymentBook } from './payment-book.ts'
import type { Stream } from './stream.ts'
import type { Wallet } from './wallet.ts'

/** `starting`: the process runs, and answers no calls yet. */
export type Lifecycle = 'running' | 'starting' | 'locked' | 'stopped'

/** Everything a simulated node remembers. What a restart keeps is in the books and the wallet. */
export interface NodeState {
  readonly alias: string
  readonly privateKey: Uint8Array
  readonly publicKey: string
  readonly version: string
  readonly acceptsKeysend: boolean
  readonly acceptsAmp: boolean
  lifecycle: Lifecycle
  /** Counts the processes: work of an earlier one ends when it sees another number. */
  run: number
  isSynced: boolean
  /** Its peers are connected. */
  isConnected: boolean
  /** Blocks that this node has processed. */
  height: number
  /** Milliseconds that this node's wall clock is ahead. */
  clockSkew: number
  readonly invoices: InvoiceBook
  readonly payments: PaymentBook
  readonly wallet: Wallet
  readonly faults: Faults
  /** Ends every stream of every client, as a lost connection does. */
  readonly streams: Set<(error: unknown) => void>
  readonly hints: Set<Stream<ChannelHint>>
}
