import { PaymentNodeError } from './errors.ts'
import { hex, type PurposeKey } from './keys.ts'
import type { Tracer } from './metrics/create-tracer.ts'
import type { Settings } from './options.ts'
import type { PeersInForce } from './peers/current-peers.ts'
import type { Clock } from './ports/clock.ts'
import type { Http } from './ports/http.ts'
import type { LightningNode, Network, NodeChannel, NodeInfo } from './ports/lightning-node.ts'
import type { Logger } from './ports/logger.ts'
import type { Meter } from './ports/meter.ts'
import type { Random } from './ports/random.ts'
import type { Change, Storage } from './ports/storage.ts'
import type { Proof } from './proof/proof-view.ts'

/** Which LND the books are about. */
export interface Identity {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  readonly network: Network
}

/** What every verb is given: the ports, the settings, and what the running node knows. */
export interface Context {
  readonly lightning: LightningNode
  readonly storage: Storage
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly meter: Meter | undefined
  readonly tracer: Tracer
  readonly http: Http
  readonly settings: Settings
  /** Changes while the node runs; written only by the workers that connect and lead. */
  readonly live: Live
}

export interface Live {
  state: 'stopped' | 'starting' | 'ready' | 'degraded' | 'stopping'
  /** Milliseconds since 1970 of the last change of `state`. */
  since: number
  /** By the monotonic clock, since when LND has been usable without a break; undefined while it is not. */
  readySince: number | undefined
  /** `readySince` before LND fell behind the chain for a moment, as it does at a new block; and when it did. */
  fellBehind: { readonly readySince: number; readonly at: number } | undefined
  /** The last heights since then, and when they were first seen by the monotonic clock; ascending. */
  heights: readonly { readonly height: number; readonly at: number }[]
  /** Why it is degraded. */
  trouble: PaymentNodeError | undefined
  identity: Identity | undefined
  info: NodeInfo | undefined
  invoiceKey: PurposeKey | undefined
  /** Undefined where `keys.swaps` was not given. */
  swapKey: PurposeKey | undefined
  leadership: Leadership | undefined
  /** The channels as last read, for decisions that may be a second old. */
  channels: { readonly at: number; readonly list: readonly NodeChannel[] } | undefined
  /** By the monotonic clock, when the last comparison of the books with LND's channels began that came to its end. */
  comparedAt: number | undefined
  /** What the last look of the proof of the books found. */
  proof: Proof | undefined
  /** What an operator should mend, one sentence each. */
  warnings: readonly string[]
  /** Partners with automatic payouts, where nothing pays them by itself; null: not looked for yet. */
  unscheduled: number | null
  /** The lists of peers in force. */
  peers: PeersInForce | undefined
  /** `happened` resolves at the next event about the subject, after a few seconds, on abort and on stop. */
  watchSubject: (subject: string, signal?: AbortSignal) => SubjectWatch
  /** Wakes who waits for the state: {@link whenReady}. */
  stateChanged: () => void
  /** Asks the connection's worker to look now. */
  checkConnection: () => void
  /**
   * When books and LND were last compared (money rule 15): under which leader's epoch, and at which of
   * the `doubts`. Nothing is handed to LND without it: see `isCompared`.
   */
  compared: { readonly epoch: number; readonly doubts: number } | undefined
  /** The same for the wallet's transactions: until then a payout of these books may be in one of newer ones. */
  transactionsCompared: { readonly epoch: number; readonly doubts: number } | undefined
  /** How often LND broke off: behind the same address there may be another state of it since. */
  doubts: number
  /** Asks for a comparison now. */
  compareAgain: () => void
  /** Asks the payout worker to look now. */
  wakePayouts: () => void
  /** Asks the worker of on-chain payouts to look now. */
  wakeOnchain: () => void
  /** Asks the worker of openings to look now. */
  wakeChannels: () => void
  /** Asks the worker of closes to look now. */
  wakeCloses: () => void
  /** Asks the workers of swaps to look now. */
  wakeSwaps: () => void
  /** Asks the keeper to look now. */
  wakeKeeper: () => void
  /** Asks the autopilot to look now. */
  wakeLiquidity: () => void
  /** Asks the worker of webhooks to look now, at endpoints and deliveries. */
  wakeWebhooks: () => void
}

export interface SubjectWatch {
  readonly happened: Promise<void>
  stop(): void
}

/** Holding the lease that only one process per LND node has (money rule 14). */
export interface Leadership {
  readonly epoch: number
  readonly fence: NonNullable<Change['fence']>
  /** False once the lease is too old, by the monotonic clock, to be trusted. */
  isFresh(): boolean
}

/** The identity, also while LND is away; throws `node.unavailable` before it was ever seen. */
export function identityOf(context: Context): Identity {
  const { identity, state } = context.live
  if (identity && state !== 'stopped') return identity
  throw notReady(context)
}

/** For verbs that need LND now: throws a retryable `node.unavailable` and nothing is stored. */
export function requireReady(context: Context): Identity {
  if (context.live.state !== 'ready') throw notReady(context)
  return identityOf(context)
}

/** Resolves when LND can be used, or `signal` aborts. */
export async function whenReady({ live }: Context, signal: AbortSignal): Promise<void> {
  while (live.state !== 'ready' && !signal.aborted) {
    const watch = live.watchSubject('state', signal)
    await watch.happened
    watch.stop()
  }
}

function notReady({ live }: Context): PaymentNodeError<'node.unavailable'> {
  if (live.state === 'stopped' || live.state === 'starting') {
    return new PaymentNodeError(
      'node.unavailable',
      'The payment node is not started.',
      { reason: 'not-started', outcome: 'none' },
      { advice: 'Await node.start() first.' },
    )
  }
  const { trouble } = live
  const reason = PaymentNodeError.is(trouble, 'node.unavailable')
    ? trouble.details.reason
    : 'misconfigured'
  return new PaymentNodeError(
    'node.unavailable',
    `The Lightning node cannot be used now (${reason}); nothing was stored.`,
    { reason, outcome: 'none' },
    { advice: trouble?.advice || 'Try again later.', cause: trouble },
  )
}

/** A random 128-bit id. */
export function newId(context: Context): string {
  return hex(context.random.bytes(16))
}

/** The base columns of every row. */
export function rowBase({ publicKey, network }: Identity): { node: string; network: string } {
  return { node: publicKey, network }
}
