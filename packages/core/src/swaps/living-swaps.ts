import type { Context, Identity } from '../context.ts'
import type { SwapState } from '../domain/swap.ts'
import { swaps } from '../tables/swaps.ts'
import type { SwapRow } from './mark-swap.ts'

/** States of a self-custodial swap that has not come to its end. */
const livingSwapStates: readonly SwapState[] = [
  'created',
  'verified',
  'paying',
  'held',
  'lockup-seen',
  'lockup-confirmed',
  'preimage-revealed',
  'claim-published',
]

/** Those in which LND may have taken the payment, and nothing is booked yet. */
export const payingSwapStates: readonly SwapState[] = livingSwapStates.slice(2)

const page = 1000

/** The self-custodial swaps in some states, oldest first in each. */
export async function livingSwaps(
  { storage }: Pick<Context, 'storage'>,
  { publicKey }: Pick<Identity, 'publicKey'>,
  states: readonly SwapState[] = livingSwapStates,
): Promise<readonly SwapRow[]> {
  const living: SwapRow[] = []
  for (const state of states) {
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await storage.find(swaps, {
        index: 'state',
        equals: [publicKey, state],
        limit: page,
        ...(after && { after }),
      })
      living.push(...rows.filter(({ custody }) => custody === 'self'))
      const last = rows.at(-1)
      if (!last || rows.length < page) break
      after = [last.created_at, last.id]
    }
  }
  return living
}
