/** Which of a partner's two destinations. */
export type PartnerDestinationKind = 'offchain' | 'onchain'

/** One change of a destination, as it is kept. Times are milliseconds since 1970. */
export interface KeptDestination {
  readonly version: number
  /** Null: from then on there is none. */
  readonly destination: string | null
  readonly effective_at: number
  /** A later change took its place before it was in effect. */
  readonly replaced_at: number | null
}

/** The change that counts at a moment: the newest that is in effect. `kept` in the order of versions. */
export function inForce<T extends KeptDestination>(kept: readonly T[], now: number): T | undefined {
  return kept.findLast((row) => row.replaced_at === null && row.effective_at <= now)
}

/** The change that will count when its time comes. */
export function nextDestination<T extends KeptDestination>(
  kept: readonly T[],
  now: number,
): T | undefined {
  return kept.findLast((row) => row.replaced_at === null && row.effective_at > now)
}

/** What becomes of a wish. `replaced`: the waiting change that it ends. */
export interface DestinationChange<T> {
  readonly replaced: T | undefined
  readonly added: { readonly version: number; readonly effectiveAt: number } | undefined
}

/**
 * What to write when a destination is set. The one that is wanted already changes nothing, so that a
 * repeated call does not begin the cool-down again; the one in force ends a change that waits. Taking a
 * destination away diverts no money, and is in effect at once.
 */
export function changeDestination<T extends KeptDestination>(
  kept: readonly T[],
  wanted: string | null,
  at: { readonly now: number; readonly coolDown: number; readonly isFirst: boolean },
): DestinationChange<T> {
  const current = inForce(kept, at.now)?.destination ?? null
  const waiting = nextDestination(kept, at.now)
  if (wanted === current) return { replaced: waiting, added: undefined }
  if (waiting && waiting.destination === wanted) return { replaced: undefined, added: undefined }
  const isAtOnce = at.isFirst || wanted === null
  return {
    replaced: waiting,
    added: {
      version: (kept.at(-1)?.version ?? 0) + 1,
      effectiveAt: isAtOnce ? at.now : at.now + at.coolDown,
    },
  }
}
