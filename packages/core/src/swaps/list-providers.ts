import { type Context, identityOf } from '../context.ts'
import { newHealth } from '../domain/provider-health.ts'
import { swapProviders } from '../tables/swaps.ts'
import { healthOf } from './provider-health.ts'

/** How a provider of swaps has done so far. Times are milliseconds since 1970. */
export interface SwapProviderHealth {
  readonly provider: string
  readonly custody: 'self' | 'delegated'
  readonly url: string | null
  /** `quarantined`: asked again from `until` on. `disabled`: not before `swaps.enableProvider`. */
  readonly state: 'healthy' | 'quarantined' | 'disabled'
  /** Why it is not healthy; null when it is. */
  readonly reason: string | null
  readonly until: number | null
  /** Swaps whose terms it gave and that held. */
  readonly created: number
  readonly completed: number
  /** It answered, and did not make the swap. */
  readonly refused: number
  /** No usable answer, or swaps that came to nothing. */
  readonly failed: number
  /** Failures and refusals in a row. */
  readonly failuresInRow: number
  /** Milliseconds from the request to the buried claim, on average; null before the first. */
  readonly averageTime: number | null
}

/** The providers of the options with their health. Asks nobody. */
export async function listProviders(context: Context): Promise<readonly SwapProviderHealth[]> {
  const { publicKey } = identityOf(context)
  const now = context.clock.now()
  return Promise.all(
    context.settings.swapping.providers.map(async (provider) => {
      const row = await context.storage.get(swapProviders, [publicKey, provider.name])
      const health = row ? healthOf(row) : newHealth
      const { disabledReason, quarantinedUntil, completed, milliseconds } = health
      const isQuarantined = (quarantinedUntil ?? 0) > now
      const state = disabledReason !== null ? 'disabled' : isQuarantined ? 'quarantined' : 'healthy'
      return {
        provider: provider.name,
        custody: provider.custody,
        url: provider.custody === 'self' ? provider.url : null,
        state,
        reason: state === 'healthy' ? null : (disabledReason ?? row?.says ?? null),
        until: state === 'quarantined' ? quarantinedUntil : null,
        created: health.created,
        completed,
        refused: health.refused,
        failed: health.failed,
        failuresInRow: health.failures,
        averageTime: completed === 0 ? null : Math.round(milliseconds / completed),
      } as const
    }),
  )
}
