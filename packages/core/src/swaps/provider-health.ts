import { type Context, type Identity, rowBase } from '../context.ts'
import {
  afterOutcome,
  newHealth,
  type ProviderHealth,
  type ProviderOutcome,
} from '../domain/provider-health.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { swapProviders } from '../tables/swaps.ts'
import { insert, type RowOf, update } from '../tables/table.ts'

/** What is known of a provider; everything is zero before its first swap. */
export async function readHealth(
  { storage }: Context,
  { publicKey }: Identity,
  provider: string,
): Promise<ProviderHealth> {
  const row = await storage.get(swapProviders, [publicKey, provider])
  return row ? healthOf(row) : newHealth
}

export function healthOf(row: RowOf<typeof swapProviders>): ProviderHealth {
  return {
    created: row.created,
    completed: row.completed,
    refused: row.refused,
    failed: row.failed,
    failures: row.failures,
    milliseconds: row.milliseconds,
    quarantinedUntil: row.quarantined_until,
    disabledReason: row.disabled_reason,
  }
}

/** How something ended, for {@link noteOutcome}. */
export interface NotedOutcome {
  readonly provider: string
  readonly outcome: ProviderOutcome
  /** Stable, for machines. */
  readonly reason: string
  /** For people. */
  readonly says?: string
  /** Milliseconds of a completed swap. */
  readonly took?: number
}

/** The writes and events of an outcome, for the change that books it. */
export async function noteOutcome(
  context: Context,
  identity: Identity,
  { provider, outcome, reason, says, took }: NotedOutcome,
): Promise<{ readonly writes: Write[]; readonly events: NewEvent[] }> {
  const now = context.clock.now()
  const row = await context.storage.get(swapProviders, [identity.publicKey, provider])
  const before = row ? healthOf(row) : newHealth
  const after = afterOutcome(before, outcome, {
    now,
    reason,
    ...(took !== undefined && { took }),
  })
  const set = {
    created: after.created,
    completed: after.completed,
    failed: after.failed,
    refused: after.refused,
    failures: after.failures,
    milliseconds: Math.round(after.milliseconds),
    quarantined_until: after.quarantinedUntil,
    disabled_reason: after.disabledReason,
    says: outcome === 'completed' || outcome === 'created' ? null : (says ?? reason).slice(0, 500),
    updated_at: now,
  }
  const isNewlyDisabled = after.disabledReason !== null && before.disabledReason === null
  return {
    writes: [
      row
        ? update(swapProviders, row, set)
        : insert(swapProviders, { ...rowBase(identity), provider, ...set }),
    ],
    events: isNewlyDisabled
      ? [
          newEvent(context, identity, 'swap.provider-disabled', `swap-provider/${provider}`, {
            provider,
            reason,
            says: set.says ?? reason,
          }),
        ]
      : [],
  }
}
