/**
 * Opening and closing channels. Not used by this release; declared so that the ports can be reviewed
 * together. Neither call is idempotent in LND (money rule 7): the intent, its chosen outpoints and
 * its id in `memo` are stored first, and pending and open channels are searched before a retry.
 */
export interface ChannelOpener {
  /** "Already connected" is success. */
  connect(peer: string, address: string, signal?: AbortSignal): Promise<void>
  /**
   * Returns the channel point once the peer agreed. The funding transaction may still fail to
   * broadcast, and a lost reply (`outcome: 'unknown'`) may mean an open channel.
   */
  open(request: OpenChannel, signal?: AbortSignal): Promise<{ channelPoint: string }>
  /** Returns when the closing transaction was handed to the network (or, cooperative, agreed on). */
  close(request: CloseChannel, signal?: AbortSignal): Promise<{ closingTransaction?: string }>
}

/** A channel to open, with the inputs that fund it. */
export interface OpenChannel {
  readonly peer: string
  readonly capacitySat: bigint
  readonly satPerVbyte: number
  /** `txid:index`; the same inputs cannot fund two channels. */
  readonly outpoints: readonly string[]
  /** Our intent's id, at most 500 characters. */
  readonly memo: string
  readonly isPrivate: boolean
}

/** A channel to close. */
export interface CloseChannel {
  readonly channelPoint: string
  readonly isForce: boolean
  /** Cooperative only. */
  readonly satPerVbyte?: number
}

/** Fees for routing other people's payments. Writing replaces ALL of a channel's values. */
export interface RoutingPolicies {
  /** What each of our channels asks now. */
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
  /** Forwards between two moments, oldest first, `limit` of them after `offset`. */
  list(page: {
    readonly startTime: number
    readonly endTime: number
    readonly offset: number
    readonly limit: number
  }): Promise<readonly Forward[]>
}

/** One payment of other people that crossed the node. */
export interface Forward {
  /** Nanoseconds since 1970. */
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
