import type { Context, Identity } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { keys } from '../tables/node.ts'
import { livingSwaps } from './living-swaps.ts'

/**
 * At the start of a process that works: a swap that has not ended may have to be claimed anew, and that takes the key
 * which it was made with. Throws `options.invalid`. Books that were never opened with such a key have no swap.
 */
export async function requireLivingKey(context: Context, identity: Identity): Promise<void> {
  const { settings, live, storage } = context
  if (live.swapKey || settings.keys.swaps === 'lost' || settings.role === 'api') return
  if (!(await storage.get(keys, [identity.publicKey, 'swaps']))) return
  const living = await livingSwaps(context, identity)
  if (living.length === 0) return
  throw new PaymentNodeError(
    'options.invalid',
    `keys.swaps is missing, and ${living.length === 1 ? '1 swap has' : `${living.length} swaps have`} not ended: without it no better claim than the stored one can be made, and before the reveal none at all.`,
    { field: 'keys.swaps', reason: 'missing' },
    {
      advice:
        "Give the key that the swaps were made with, until all of them have ended. Is it lost? 'lost' says so: what is stored is claimed and made no dearer, nothing else is revealed, and its payment comes back.",
      fundsAtRisk: true,
    },
  )
}
