import { type Context, identityOf } from '../context.ts'
import { readOneOf } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { swapProviders } from '../tables/swaps.ts'
import { update } from '../tables/table.ts'
import { listProviders, type SwapProviderHealth } from './list-providers.ts'

/** Asks a provider again that was disabled or quarantined; one that is healthy stays as it is. */
export async function enableProvider(context: Context, name: string): Promise<SwapProviderHealth> {
  const known = context.settings.swapping.providers.map((provider) => provider.name)
  readOneOf(name, 'provider', known)
  const { publicKey } = identityOf(context)
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(swapProviders, [publicKey, name])
    if (row && (row.disabled_reason !== null || row.quarantined_until !== null)) {
      const set = {
        failures: 0,
        disabled_reason: null,
        quarantined_until: null,
        says: null,
        updated_at: context.clock.now(),
      }
      const change = { writes: [update(swapProviders, row, set)] }
      if (await record(context, change, async () => true)) continue
    }
    const all = await listProviders(context)
    return all.find(({ provider }) => provider === name)!
  }
  throw tooContended('swaps.enableProvider')
}
