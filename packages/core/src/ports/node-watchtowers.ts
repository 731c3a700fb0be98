/**
 * The node's watchtower client. Not used by this release; declared so that the ports can be reviewed
 * together. Statistics are since the node's start and in its memory.
 */
export interface Watchtowers {
  list(signal?: AbortSignal): Promise<readonly Watchtower[]>
  add(publicKey: string, address: string, signal?: AbortSignal): Promise<void>
  statistics(signal?: AbortSignal): Promise<WatchtowerStatistics>
}

export interface Watchtower {
  readonly publicKey: string
  readonly addresses: readonly string[]
  /** A session can be used for new backups. */
  readonly isCandidate: boolean
  readonly sessions: number
}

export interface WatchtowerStatistics {
  readonly backups: number
  readonly pendingBackups: number
  readonly failedBackups: number
  readonly sessionsExhausted: number
}
