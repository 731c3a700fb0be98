import type { Context, Identity } from '../../context.ts'
import { swaps } from '../../tables/swaps.ts'
import type { DelegatedRow } from './mark-delegated.ts'
import { livingDelegated } from './step-delegated-swap.ts'

const page = 1000

/** The daemons' swaps that have not come to their end, oldest first in each state. */
export async function livingDelegatedSwaps(
  { storage }: Pick<Context, 'storage'>,
  { publicKey }: Pick<Identity, 'publicKey'>,
): Promise<readonly DelegatedRow[]> {
  const living: DelegatedRow[] = []
  for (const state of livingDelegated) {
    let after: (string | number)[] | undefined
    for (;;) {
      const rows = await storage.find(swaps, {
        index: 'state',
        equals: [publicKey, state],
        limit: page,
        ...(after && { after }),
      })
      living.push(...rows.filter(({ custody }) => custody === 'delegated'))
      const last = rows.at(-1)
      if (!last || rows.length < page) break
      after = [last.created_at, last.id]
    }
  }
  return living
}
