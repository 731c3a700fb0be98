/** How something with a provider ended. */
export type ProviderOutcome =
  | 'created'
  | 'completed'
  /** It answered, and did not make the swap. */
  | 'refused'
  /** It gave no usable answer, or the swap came to nothing. */
  | 'failed'
  /** A payment that it held too long came back: counted as `failed` before, its quarantine begins now. */
  | 'given-back'
  /** It lies: what it sent cannot be what was agreed. Not asked again before the operator says so. */
  | 'lied'

/** What is known of a provider. */
export interface ProviderHealth {
  readonly created: number
  readonly completed: number
  readonly refused: number
  readonly failed: number
  /** In a row. */
  readonly failures: number
  /** Sum over completed swaps. */
  readonly milliseconds: number
  /** Milliseconds since 1970. */
  readonly quarantinedUntil: number | null
  readonly disabledReason: string | null
}

export const newHealth: ProviderHealth = {
  created: 0,
  completed: 0,
  refused: 0,
  failed: 0,
  failures: 0,
  milliseconds: 0,
  quarantinedUntil: null,
  disabledReason: null,
}

/** Milliseconds of the first quarantine; each failure in a row doubles it, up to a day. */
const first = 10 * 60_000
const longest = 24 * 3_600_000

/** Health after an outcome. `took`: milliseconds of a completed swap. */
export function afterOutcome(
  health: ProviderHealth,
  outcome: ProviderOutcome,
  {
    now,
    reason,
    took = 0,
  }: { readonly now: number; readonly reason: string; readonly took?: number },
): ProviderHealth {
  switch (outcome) {
    case 'created':
      return { ...health, created: health.created + 1 }
    case 'completed':
      return {
        ...health,
        completed: health.completed + 1,
        milliseconds: health.milliseconds + Math.max(0, took),
        failures: 0,
        quarantinedUntil: null,
      }
    case 'lied':
      return { ...failed(health, now), failed: health.failed + 1, disabledReason: reason }
    case 'given-back': {
      const failures = Math.max(1, health.failures)
      return { ...health, failures, quarantinedUntil: now + pauseAfter(failures) }
    }
    default:
      return { ...failed(health, now), [outcome]: health[outcome] + 1 }
  }
}

function failed(health: ProviderHealth, now: number): ProviderHealth {
  const failures = health.failures + 1
  return { ...health, failures, quarantinedUntil: now + pauseAfter(failures) }
}

function pauseAfter(failures: number): number {
  return Math.min(longest, first * 2 ** Math.min(failures - 1, 20))
}
