import type { ChannelHint, Forward } from '@payment-node/core'
import type { Faults } from './faults.ts'
import type { InvoiceBook } from './invoice-book.ts'
import type { NodeAnnouncement } from './node-announcement.ts'
import type { PaymentBook } from './payment-book.ts'
import type { PeerConduct } from './peer-conduct.ts'
import type { Stream } from './stream.ts'
import type { Wallet } from './wallet.ts'

/** `starting`: the process runs, and answers no calls yet. */
export type Lifecycle = 'running' | 'starting' | 'locked' | 'stopped'

/** Everything a simulated node remembers. What a restart keeps is in the books and the wallet. */
export interface NodeState {
  readonly alias: string
  readonly privateKey: Uint8Array
  readonly publicKey: string
  /** Where it listens, `host:port`. */
  readonly address: string
  readonly version: string
  readonly acceptsKeysend: boolean
  readonly acceptsAmp: boolean
  conduct: PeerConduct
  announcement: NodeAnnouncement | undefined
  /** Milliseconds since 1970 of its last announcement. */
  announcedAt: number
  lifecycle: Lifecycle
  /** Counts the processes: work of an earlier one ends when it sees another number. */
  run: number
  isSynced: boolean
  /** Its line works: peers can be connected. */
  isReachable: boolean
  /** Peers that are connected now; the relation goes both ways. */
  readonly peers: Set<NodeState>
  /** The {@link run} in which it has got the graph from a peer. */
  graphRun?: number
  /** Called when a connection or the process ends: conversations look again. */
  readonly departures: Set<() => void>
  /** Fundings that it has signed for and whose opener never completed them. */
  readonly orphans: { readonly opener: NodeState; readonly height: number }[]
  /** Blocks that this node has processed. */
  height: number
  /** How many reorganizations of the chain it has followed. */
  forksSeen: number
  /** Milliseconds that this node's wall clock is ahead. */
  clockSkew: number
  readonly invoices: InvoiceBook
  readonly payments: PaymentBook
  readonly forwards: ForwardRecord[]
  readonly wallet: Wallet
  readonly faults: Faults
  /** Ends every stream of every client, as a lost connection does. */
  readonly streams: Set<(error: unknown) => void>
  readonly hints: Set<Stream<ChannelHint>>
  /** Looks at the chain that the node knows, which has changed. */
  readonly chainWatches: Set<() => void>
}

/** A forward, and when LND has written it down. */
export interface ForwardRecord {
  readonly forward: Forward
  /** Monotonic milliseconds. */
  listedFrom: number
}
