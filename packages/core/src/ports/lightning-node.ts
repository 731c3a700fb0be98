import type { ChainWatch } from './node-chain.ts'
import type {
  Backups,
  ChannelOpener,
  ForwardingHistory,
  NetworkGraph,
  RoutingPolicies,
} from './node-channels.ts'
import type { OnchainWallet, TransactionFunding } from './node-onchain.ts'
import type { Watchtowers } from './node-watchtowers.ts'

/**
 * One Lightning node as core sees it. The LND adapter and the simulated node implement it, and the
 * same contract suite passes on both.
 *
 * Amounts are bigint msat (names end in `Msat`), times are milliseconds since 1970, durations say
 * their unit, hashes and keys are lower-case hex, transaction ids are in display order.
 *
 * Failures, for every member:
 * - `node.unavailable` (retryable): LND absent, locked, starting, or the reply was lost. Its
 *   `details.outcome` is `'none'` only when the call certainly never reached LND; a call that changes
 *   something and got no reply is `'unknown'` — never take that for a failure.
 * - `node.macaroon-rejected`, `node.certificate-rejected`: the credentials; already re-read once.
 * - `node.refused`: LND understood and refused; nothing happened.
 * - `node.unsupported`: this LND was built without the call.
 * Nothing is retried inside, except where a member says so: who may retry is core's decision.
 */
export interface LightningNode {
  readonly contractVersion: 1
  /** For people: `'lnd'`, `'simulated'`. */
  readonly name: string

  /**
   * Identity, version and sync state. Throws `node.unavailable` with the reason while LND is absent,
   * locked or starting, and `node.version-unsupported` for a version that must not be used.
   * An LND that is not synced answers, with `isSyncedToChain: false`.
   */
  getInfo(signal?: AbortSignal): Promise<NodeInfo>

  /** Channels whose funding is confirmed, active or not. */
  listChannels(signal?: AbortSignal): Promise<readonly NodeChannel[]>
  /**
   * Channels that are opening or closing. LND ≥ 0.21 shows a channel in NO list for a few blocks
   * while a close confirms: absence alone proves nothing.
   */
  listPendingChannels(signal?: AbortSignal): Promise<readonly PendingChannel[]>
  /** Channels whose close is fully resolved; a force close appears here long after its event. */
  listClosedChannels(signal?: AbortSignal): Promise<readonly ClosedChannel[]>
  /**
   * Hints that channels changed; nothing is replayed. The first item is `{ kind: 'subscribed' }`, at
   * once: read the lists after it. Ends by throwing `node.unavailable` when the connection is lost,
   * and by returning when `signal` aborts. Hints may be dropped, doubled and merged.
   */
  watchChannels(signal: AbortSignal): AsyncIterable<ChannelHint>
  /** On-chain money of the wallet. */
  walletBalance(signal?: AbortSignal): Promise<WalletBalance>

  /**
   * Adds an invoice with OUR preimage, so that repeating the call is recognised: when the payment
   * hash exists already, throws `node.invoice-exists`, whatever the other fields; the caller looks
   * it up and compares. With `outcome: 'unknown'` the invoice may exist; repeating is safe.
   */
  createInvoice(invoice: NewNodeInvoice, signal?: AbortSignal): Promise<CreatedNodeInvoice>
  /** Throws `node.invoice-not-found`. */
  lookupInvoice(paymentHash: string, signal?: AbortSignal): Promise<NodeInvoice>
  /**
   * Cancels an open (or held) invoice; succeeds when it is canceled already. Throws
   * `node.invoice-settled` when a payment was faster and `node.invoice-not-found`. After it returns,
   * no payment can settle this invoice.
   */
  cancelInvoice(paymentHash: string, signal?: AbortSignal): Promise<void>
  /** Invoices with an add index above `afterAddIndex`, ascending, at most `limit` (≤ 1000). Indexes have gaps. */
  listInvoices(
    page: { afterAddIndex: bigint; limit: number },
    signal?: AbortSignal,
  ): Promise<readonly NodeInvoice[]>
  /**
   * Settled invoices, in batches of what has arrived since the last one. The first batch is empty and
   * comes at once: subscribed. With `afterSettleIndex > 0n` everything settled after it is replayed
   * (in ANY order, with gaps); with `0n` NOTHING is replayed, so the caller must list as well. May
   * show an invoice twice. Includes keysend and AMP payments and invoices of other programs. Ends by
   * throwing `node.unavailable` when the connection is lost (also a silent loss, within a minute),
   * and by returning when `signal` aborts. Never drops an item while it is connected.
   */
  watchSettlements(
    after: { afterSettleIndex: bigint },
    signal: AbortSignal,
  ): AsyncIterable<readonly NodeInvoice[]>

  /**
   * Decodes a BOLT11 invoice for this node's network; the node is the authority. Throws
   * `node.invoice-malformed`. Says nothing about whether it may be paid: expiry, features and
   * destination are for the caller to judge.
   */
  decodeInvoice(paymentRequest: string, signal?: AbortSignal): Promise<DecodedInvoice>
  /**
   * Pays a BOLT11 invoice and follows it: zero or more `in-flight`, then one `succeeded` or `failed`,
   * then the end. Dedupes by payment hash: throws `node.payment-exists` when the hash is in flight or
   * paid; a hash whose payment FAILED may be tried again, under a higher index. `node.refused` = nothing
   * was stored or sent; its `reason` is `'expired'` when LND holds the invoice for expired.
   * Any other end without a terminal update — thrown, cut, aborted — leaves the outcome unknown:
   * follow with {@link trackPayment}, never send another invoice for the same debt. Aborting stops
   * only the following, never the payment.
   */
  pay(payment: NewPayment, signal?: AbortSignal): AsyncIterable<PaymentUpdate>
  /**
   * The current state first, then changes, until it is terminal. Throws `node.payment-not-found` when
   * the node never stored it (a proof only for the same node identity, synced, with nothing deleted).
   */
  trackPayment(paymentHash: string, signal?: AbortSignal): AsyncIterable<PaymentUpdate>
  /** Payments with an index above `afterIndex`, ascending, failed and in-flight ones too, at most `limit` (≤ 1000). */
  listPayments(
    page: { afterIndex: bigint; limit: number },
    signal?: AbortSignal,
  ): Promise<readonly PaymentUpdate[]>
  /** The highest invoice and payment indexes the node has given out; 0n when none. */
  highWater(signal?: AbortSignal): Promise<HighWater>

  /**
   * What an operator should know about this connection: reachability, version, permissions, sync,
   * keysend, backups. Never throws; every entry says what to do.
   */
  diagnose?(signal?: AbortSignal): Promise<readonly Diagnosis[]>

  /** Releases connections and ends all streams. The next call opens them again. */
  close(): Promise<void>

  /** Absent when the implementation cannot do it; core then refuses the verbs that need it. */
  readonly chain?: ChainWatch
  readonly onchain?: OnchainWallet
  readonly funding?: TransactionFunding
  readonly opener?: ChannelOpener
  readonly graph?: NetworkGraph
  readonly policies?: RoutingPolicies
  readonly forwards?: ForwardingHistory
  readonly backups?: Backups
  readonly watchtowers?: Watchtowers
}

/** LND's `chains[0].network`; `simnet` and `regtest` are private test chains. */
export type Network = 'mainnet' | 'testnet' | 'testnet4' | 'signet' | 'regtest' | 'simnet'

/** Who the node is and how far it has come. */
export interface NodeInfo {
  /** 33 bytes, compressed, hex. */
  readonly publicKey: string
  readonly alias: string
  readonly network: Network
  /** As the node says it: `'0.21.2-beta commit=v0.21.2-beta'`. */
  readonly version: string
  /** Something a person should read about this version, e.g. newer than what was tested. */
  readonly versionWarning?: string
  readonly blockHeight: number
  readonly isSyncedToChain: boolean
  readonly isSyncedToGraph: boolean
  /** Feature bit 55: payments that no invoice asked for are accepted. (LND does not tell about AMP.) */
  readonly acceptsKeysend: boolean
}

/** A channel with confirmed funding (LND: `ListChannels`). */
export interface NodeChannel {
  /** Funding outpoint, `txid:index`. */
  readonly channelPoint: string
  /** Short channel id as a decimal string; may be an alias. */
  readonly channelId: string
  readonly peer: string
  readonly peerAlias?: string
  readonly capacityMsat: bigint
  /** Ours, after the commitment fee when we opened it. */
  readonly localMsat: bigint
  readonly remoteMsat: bigint
  /** What the peer makes us keep, and we make the peer keep. */
  readonly localReserveMsat: bigint
  readonly remoteReserveMsat: bigint
  /** Current feerate of the commitment transaction, sat per 1000 weight units. */
  readonly feePerKw: bigint
  /** Weight of the commitment transaction. */
  readonly commitWeight: bigint
  /** We opened it, so we pay its commitment fee. */
  readonly isInitiator: boolean
  /** Static-remote-key channels without anchors (`'legacy'`) need other fee buffers than `'anchors'`. */
  readonly commitmentType: 'legacy' | 'anchors' | 'taproot' | 'unknown'
  readonly isActive: boolean
  readonly isPrivate: boolean
  readonly pendingHtlcs: readonly PendingHtlc[]
  /** Commitment updates so far: never falls on a node that was not restored from an old copy. */
  readonly updateCount: bigint
  readonly memo?: string
}

/** A payment under way in a channel. */
export interface PendingHtlc {
  readonly direction: 'incoming' | 'outgoing'
  readonly amountMsat: bigint
  readonly paymentHash: string
  readonly expiryHeight: number
}

/** A channel that opens or closes (LND: `PendingChannels`). */
export interface PendingChannel {
  readonly channelPoint: string
  readonly peer: string
  readonly capacityMsat: bigint
  readonly localMsat: bigint
  readonly remoteMsat: bigint
  /** `closing`: a closing transaction was published; `force-closing`: it confirmed and matures. */
  readonly state: 'opening' | 'closing' | 'force-closing'
  readonly isInitiator: boolean
  readonly memo?: string
  /** With `opening`: blocks until the peer may forget it (LND: 2016 from the start); negative: it may have. */
  readonly fundingExpiryBlocks?: number
  readonly closingTransaction?: string
  /** Height at which a force close's output can be spent. */
  readonly maturityHeight?: number
  /** With `force-closing`; absent as long as the node does not tell what it claims. */
  readonly limbo?: ChannelLimbo
}

/** What the node has still to claim from the chain after a force close (LND: `limbo_balance`). */
export interface ChannelLimbo {
  /** In msat, whole satoshi: our output and the {@link htlcs}, with LND its anchor too, before any fee for claiming. */
  readonly totalMsat: bigint
  /**
   * Not among them: one too small for an output of its own, which went to the miners; and, as LND lists them, one that is
   * claimed with its preimage from the peer's commitment transaction.
   */
  readonly htlcs: readonly HtlcInLimbo[]
}

/**
 * An HTLC on the chain that we claim, or may claim: a received one also while its preimage is unknown, an
 * outgoing one also while the peer may still take it (LND: `pending_htlcs`).
 */
export interface HtlcInLimbo {
  readonly direction: 'incoming' | 'outgoing'
  /** In msat, whole satoshi. */
  readonly amountMsat: bigint
  /**
   * `txid:index` of the output that pays our wallet when it is spent. LND goes on listing it afterwards. From our own
   * commitment it is the output of a first step, which may in the end have another transaction id.
   */
  readonly outpoint: string
}

/** How a channel ended; `breach` is a revoked state published by the peer. */
export type CloseType =
  | 'cooperative'
  | 'local-force'
  | 'remote-force'
  | 'breach'
  | 'funding-canceled'
  | 'abandoned'

/** A channel that is gone (LND: `ClosedChannels`). */
export interface ClosedChannel {
  readonly channelPoint: string
  readonly peer: string
  readonly capacityMsat: bigint
  readonly closeType: CloseType
  readonly openedBy: 'us' | 'peer' | 'unknown'
  /** `both`: a cooperative close that both asked for. */
  readonly closedBy: 'us' | 'peer' | 'both' | 'unknown'
  readonly closingTransaction?: string
  readonly closeHeight?: number
  /** Cooperative: what came back to us. Else our balance in the last commitment, before any fee for sweeping it. */
  readonly settledMsat: bigint
  /** What we claimed from the chain, when it was closed by force; absent in an event, and where nothing was. */
  readonly claims?: readonly ChannelClaim[]
}

/** An output that we claimed after a close by force (LND: `Resolution`). */
export interface ChannelClaim {
  /** `payment`: an HTLC; LND may claim it in two steps, by two transactions. */
  readonly kind: 'balance' | 'anchor' | 'payment'
  /** `txid:index`, of the closing transaction or of the first step. */
  readonly outpoint: string
  readonly amountMsat: bigint
  /** The transaction that spent it; it may claim for several channels. */
  readonly transaction: string
}

/** That something changed: a reason to read the lists again. */
export type ChannelHint =
  | { readonly kind: 'subscribed' }
  /** Something changed; read the lists. */
  | { readonly kind: 'changed'; readonly channelPoint?: string }
  /** Comes earlier than the list of closed channels, and only once. */
  | { readonly kind: 'closed'; readonly channel: ClosedChannel }

/** The wallet's on-chain money (LND: `WalletBalance`). */
export interface WalletBalance {
  readonly confirmedMsat: bigint
  readonly unconfirmedMsat: bigint
  /** Held by leases of other operations. */
  readonly lockedMsat: bigint
  /** Kept for bumping force closes of anchor channels. */
  readonly reservedMsat: bigint
}

/** What core asks the node to make an invoice of. */
export interface NewNodeInvoice {
  /** 32 bytes. */
  readonly preimage: Uint8Array
  /** null: the payer chooses. */
  readonly amountMsat: bigint | null
  /** At most 639 bytes of UTF-8. Excludes `descriptionHash`. */
  readonly memo?: string
  /** 32 bytes. */
  readonly descriptionHash?: Uint8Array
  /** Seconds from now, 1 to 31536000. */
  readonly expirySeconds: number
  /** Adds route hints over private channels. */
  readonly isPrivate: boolean
}

/** What the node made of it. */
export interface CreatedNodeInvoice {
  readonly paymentHash: string
  readonly paymentRequest: string
  readonly addIndex: bigint
  /** The timestamp inside the invoice (whole seconds, as milliseconds). */
  readonly createdAt: number
}

/** An invoice in the node's own books, also of other programs (LND: `Invoice`). */
export interface NodeInvoice {
  readonly paymentHash: string
  /** Empty for keysend. */
  readonly paymentRequest: string
  /** `accepted`: a payment is held and neither settled nor canceled yet. */
  readonly state: 'open' | 'accepted' | 'settled' | 'canceled'
  readonly amountMsat: bigint | null
  /** What really arrived; 0n until settled. */
  readonly paidMsat: bigint
  readonly memo: string
  readonly descriptionHash?: string
  readonly expirySeconds: number
  readonly createdAt: number
  readonly settledAt?: number
  readonly addIndex: bigint
  /** 0n until settled. */
  readonly settleIndex: bigint
  readonly isPrivate: boolean
  readonly isKeysend: boolean
  readonly isAmp: boolean
}

/** What a BOLT11 invoice says. */
export interface DecodedInvoice {
  readonly paymentHash: string
  /** Public key of the payee. */
  readonly destination: string
  readonly amountMsat: bigint | null
  readonly createdAt: number
  readonly expirySeconds: number
  readonly description: string
  readonly descriptionHash?: string
  /** Blocks that the last hop needs (BOLT11 `c`). */
  readonly minFinalCltv: number
  /** BOLT9 feature bits the invoice sets. */
  readonly features: readonly InvoiceFeature[]
  /** BOLT11 `s`; an invoice without it must not be paid. */
  readonly hasPaymentSecret: boolean
  /** Invoices that hide the payee carry blinded paths instead of a secret. */
  readonly hasBlindedPaths: boolean
}

/** A feature bit of an invoice (BOLT9). */
export interface InvoiceFeature {
  readonly bit: number
  readonly name: string
  readonly isRequired: boolean
  readonly isKnown: boolean
}

/** What to pay and within which bounds. */
export interface NewPayment {
  readonly paymentRequest: string
  /** Set exactly when the invoice has no amount. */
  readonly amountMsat?: bigint
  /** Never absent: LND takes 0 for "free routes only". */
  readonly feeLimitMsat: bigint
  /** Seconds after which the node stops trying NEW routes; what is in flight goes on. */
  readonly timeoutSeconds: number
  readonly maximumParts?: number
  /** Only out of these channels (`NodeChannel.channelId`); left out or empty: any. */
  readonly outgoingChannels?: readonly string[]
  /** Blocks that the whole route may lock the money at most; left out: the node's own limit. */
  readonly maximumCltv?: number
}

/** Why a payment failed for certain. */
export type PaymentFailure =
  | 'timeout'
  | 'no-route'
  | 'error'
  | 'incorrect-details'
  | 'insufficient-balance'
  | 'canceled'

/** The state of an outgoing payment (LND: `Payment`). */
export interface PaymentUpdate {
  readonly paymentHash: string
  /** `failed` only when no HTLC is left unresolved. */
  readonly state: 'in-flight' | 'succeeded' | 'failed'
  /** Without fees. */
  readonly amountMsat: bigint
  /** Paid on top; final when succeeded. */
  readonly feeMsat: bigint
  /** Hex, with `succeeded`. */
  readonly preimage?: string
  /** With `failed`. */
  readonly failure?: PaymentFailure
  /** Index in the node's own history; 0n when it is not known. */
  readonly index: bigint
  readonly createdAt: number
  /** Attempts on the wire, newest last: evidence for people. */
  readonly htlcs: readonly PaymentHtlc[]
}

/** One attempt of a payment on one route. */
export interface PaymentHtlc {
  readonly state: 'in-flight' | 'succeeded' | 'failed'
  readonly amountMsat: bigint
  readonly feeMsat: bigint
  /** Short channel id of the first hop. */
  readonly firstChannelId: string
  /** Height at which the HTLC can be taken back at the latest. */
  readonly expiryHeight: number
}

/** The highest indexes the node has given out. */
export interface HighWater {
  readonly invoiceAddIndex: bigint
  readonly paymentIndex: bigint
}

/** One check of the connection, for an operator. */
export interface Diagnosis {
  /** Stable, kebab-case: `reachable`, `version`, `permissions`, … */
  readonly check: string
  readonly result: 'ok' | 'warning' | 'failed'
  readonly says: string
  /** How to mend it; absent when `ok`. */
  readonly advice?: string
}
