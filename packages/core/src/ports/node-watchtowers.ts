/**
 * The node's watchtower client. Not used by this release; declared so that the ports can be reviewed
 * together. Statistics are since the node's start and in its memory.
 */
export interface Watchtowers {
  /** The towers that the client knows. */
  list(signal?: AbortSignal): Promise<readonly Watchtower[]>
  /** Adds a tower, or another address of one. */
  add(publicKey: string, address: string, signal?: AbortSignal): Promise<void>
  /** What the client has done since the node started. */
  statistics(signal?: AbortSignal): Promise<WatchtowerStatistics>
}

/** A tower and whether it can take new backups. */
export interface Watchtower {
  readonly publicKey: string
  readonly addresses: readonly string[]
  /** A session can be used for new backups. */
  readonly isCandidate: boolean
  readonly sessions: number
}

/** Counts since the node started. */
export interface WatchtowerStatistics {
  readonly backups: number
  readonly pendingBackups: number
  readonly failedBackups: number
  readonly sessionsExhausted: number
}
