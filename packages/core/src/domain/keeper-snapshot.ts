import type { KeeperMoney, MoneyPolicy } from './keeper-money.ts'
import type { ListedPeers } from './listed-peers.ts'

/** A channel that lives, as the plan needs it. */
export interface KeeperChannel {
  readonly peer: string
  readonly state: 'opening' | 'active' | 'inactive' | 'closing'
  readonly ownership: 'ours' | 'observe' | 'never'
  /** Milliseconds since 1970; null while it is active. */
  readonly inactiveSince: number | null
  /** With `opening`: its funding has waited too long to be counted on. */
  readonly isStuck: boolean
  /** With `closing`: it is known who closed it, and why. */
  readonly isAttributed: boolean
  /** With `closing`: the operator asked for the close, and wants nothing in its place. */
  readonly isWaived: boolean
}

/** Why no channel is opened to a peer. */
export interface KeeperMark {
  readonly peer: string
  readonly state: 'blacklisted' | 'cooling-down' | 'closed-by-operator'
  /** Milliseconds since 1970; null: until the operator allows it. */
  readonly until: number | null
  /** The operator closed a channel with it and wants nothing in its place. */
  readonly isWaived: boolean
}

/** What the keeper sees at one moment: plain data, read once. */
export interface KeeperSnapshot {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Our own public key. */
  readonly self: string
  /** Milliseconds that LND has been usable without a break, by the monotonic clock; null: it is away. */
  readonly readyFor: number | null
  /** The operator's words; null: not paused. */
  readonly pausedReason: string | null
  /** Why outgoing money is halted; null: it is not. */
  readonly haltedReason: string | null
  /** This LND can open channels and has a wallet to pay from. */
  readonly canOpen: boolean
  /** Undefined: no source of peers is configured. */
  readonly list: ListedPeers | undefined
  readonly channels: readonly KeeperChannel[]
  readonly marks: readonly KeeperMark[]
  /** The opening that is under way, of whomever; its peer when it is known. */
  readonly opening: { readonly intent: string; readonly peer: string | null } | undefined
  /** Not before this moment, after openings that failed on our side; milliseconds since 1970. */
  readonly retryAt: number
  /** Undefined: not read, because nothing seemed to be missing. */
  readonly money: KeeperMoney | undefined
}

/** The settings that decide. Durations in milliseconds. */
export interface KeeperPolicy extends MoneyPolicy {
  readonly minimumActive: number
  readonly capacityMsat: bigint
  readonly capPerOpenMsat: bigint
  readonly gracePeriod: number
  readonly settlePeriod: number
}
