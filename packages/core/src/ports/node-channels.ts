/**
 * Opening and closing channels. Neither call is idempotent in LND (money rule 7): the intent, its
 * chosen outpoints and its id in `memo` are stored first, and pending and open channels are searched
 * before a retry. The chosen outpoints are what makes a retry safe: they cannot fund two channels.
 *
 * A refusal is `node.refused` with one of {@link OpenerRefusal} as `details.reason`; LND's words are in
 * the message. Nothing happened then.
 */
export interface ChannelOpener {
  /**
   * Connects to a peer (`host:port`); being connected already is success. Refused `peer-unreachable`
   * when nobody answers there, or somebody else does.
   */
  connect(peer: string, address: string, signal?: AbortSignal): Promise<void>
  /**
   * Returns the channel point once the peer agreed. The funding transaction may still fail to
   * broadcast, and a lost reply (`outcome: 'unknown'`) may mean an open channel.
   */
  open(request: OpenChannel, signal?: AbortSignal): Promise<{ channelPoint: string }>
  /**
   * Returns when the closing transaction was handed to the network (or, cooperative, agreed on).
   * Closing what is closing already is success. Cooperative needs the peer and no pending payments.
   */
  close(request: CloseChannel, signal?: AbortSignal): Promise<{ closingTransaction?: string }>
  /**
   * Forgets an opening channel. ONLY when its funding can never confirm (an input was spent by another
   * confirmed transaction): the money of a channel that is forgotten and confirms later is lost.
   * Forgetting what is unknown is success.
   */
  abandon(channelPoint: string, signal?: AbortSignal): Promise<void>
}

/** Why LND, or the peer through it, refuses to connect, open or close. */
export type OpenerRefusal =
  /** Nobody answers at the address, or not the expected node. */
  | 'peer-unreachable'
  /** The peer is not connected now. */
  | 'peer-offline'
  /** The peer said no; its words are in the message. */
  | 'peer-refused'
  /** Below what LND (20,000 sat) or the peer takes. */
  | 'too-small'
  /** Above what LND (16,777,215 sat without wumbo) or the peer takes. */
  | 'too-large'
  /** The peer has as many unconfirmed channels with us as it takes (LND: 1). */
  | 'too-many-pending'
  /** The chosen outpoints do not pay for it. */
  | 'wallet-too-small'
  /** A chosen outpoint is spent, locked, unconfirmed or not ours. */
  | 'outpoints-unavailable'
  /** The reserve for bumping force closes would be touched. */
  | 'reserve'
  | 'not-synced'
  /** There is no such channel. */
  | 'channel-not-found'
  /** Payments are under way: close later, or by force. */
  | 'htlcs-pending'
  /** LND is set up not to close it now (its state forbids it). */
  | 'channel-state'
  /** Something else; LND's words are in the message. */
  | 'other'

/** A channel to open, with the inputs that fund it. */
export interface OpenChannel {
  readonly peer: string
  readonly capacitySat: bigint
  /** Whole sat/vB, at least 1. */
  readonly satPerVbyte: number
  /** `txid:index`, all confirmed; the same inputs cannot fund two channels. */
  readonly outpoints: readonly string[]
  /** Our intent's id, at most 500 characters. */
  readonly memo: string
  readonly isPrivate: boolean
}

/** A channel to close. */
export interface CloseChannel {
  readonly channelPoint: string
  readonly isForce: boolean
  /** Whole sat/vB; cooperative only. Absent: LND chooses. */
  readonly satPerVbyte?: number
}

/** What LND's graph says of other nodes. */
export interface NetworkGraph {
  /** Undefined when the graph does not know the node. */
  findNode(publicKey: string, signal?: AbortSignal): Promise<GraphNode | undefined>
}

/** A node of the public graph (LND: `GetNodeInfo`). */
export interface GraphNode {
  readonly publicKey: string
  readonly alias: string
  /** `host:port`, as it announces them; also Tor's. */
  readonly addresses: readonly string[]
  /** Public channels and their sum. */
  readonly channels: number
  readonly capacitySat: bigint
  /** Smallest public channel: a hint at what the node takes; absent without channels. */
  readonly smallestChannelSat?: bigint
  /** Milliseconds since 1970 of its last announcement; 0 when there never was one. */
  readonly lastUpdateAt: number
}

/** Fees for routing other people's payments. Writing replaces ALL of a channel's values. */
export interface RoutingPolicies {
  /** What each of our open channels asks now. A channel that the graph does not know yet is left out. */
  read(signal?: AbortSignal): Promise<readonly RoutingPolicy[]>
  /** Refused per channel: an accepted call may still list failures, which are thrown as `node.refused`. */
  write(policy: RoutingPolicy, signal?: AbortSignal): Promise<void>
}

/** What one channel asks for forwarding (BOLT7 `channel_update`). */
export interface RoutingPolicy {
  readonly channelPoint: string
  readonly baseFeeMsat: bigint
  readonly feeRatePpm: number
  readonly timeLockDeltaBlocks: number
}

/** What routing earned. Pages are relative to `startTime`, so it stays fixed while paging. */
export interface ForwardingHistory {
  /** Forwards between two moments (milliseconds since 1970), oldest first, `limit` of them after `offset`. */
  list(
    page: {
      readonly startTime: number
      readonly endTime: number
      readonly offset: number
      readonly limit: number
    },
    signal?: AbortSignal,
  ): Promise<readonly Forward[]>
}

/** One payment of other people that crossed the node. */
export interface Forward {
  /** Nanoseconds since 1970; no two forwards of a node have the same. */
  readonly at: bigint
  readonly channelIdIn: string
  readonly channelIdOut: string
  readonly amountOutMsat: bigint
  readonly feeMsat: bigint
}

/** Static channel backups: encrypted with the seed, safe to store elsewhere. */
export interface Backups {
  /** The current backup of all channels. */
  export(signal?: AbortSignal): Promise<ChannelBackup>
  /** Whether this node could restore from it, and which channels it covers. */
  verify(backup: Uint8Array, signal?: AbortSignal): Promise<readonly string[]>
  /** A hint that the backup changed; nothing is replayed, so export first. */
  watch(signal: AbortSignal): AsyncIterable<ChannelBackup>
}

/** A multi-channel backup and what it covers. */
export interface ChannelBackup {
  readonly bytes: Uint8Array
  readonly channelPoints: readonly string[]
}
