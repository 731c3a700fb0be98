import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { readId } from '../read-input.ts'
import { swaps } from '../tables/swaps.ts'
import type { SwapRow } from './mark-swap.ts'
import { type Swap, swapView } from './swap-view.ts'

/** One swap as it is now. Throws `swap.not-found`. */
export async function getSwap(context: Context, id: string): Promise<Swap> {
  return swapView(await findSwap(context, id))
}

/** Throws `swap.not-found`. */
export async function findSwap(context: Context, id: string): Promise<SwapRow> {
  const { publicKey } = identityOf(context)
  const row = await context.storage.get(swaps, [readId(id, 'id')])
  if (row?.node === publicKey) return row
  throw new PaymentNodeError('swap.not-found', `There is no swap ${JSON.stringify(id)}.`, {
    swap: id,
  })
}
