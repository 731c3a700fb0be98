import type { Context } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { record } from '../record.ts'
import { swaps } from '../tables/swaps.ts'
import { update } from '../tables/table.ts'
import type { SwapRow } from './mark-swap.ts'
import { type Swap, swapView } from './swap-view.ts'

/**
 * An operator's word about a swap of custody `self` whose payment LND has had and does not know any more
 * (`payment-forgotten`). It is stored; the swap's worker, which has LND and the chain in sight, ends the swap by it, as
 * the chain says. Nothing revealed: nobody can have taken the payment, it is `returned`. Revealed, and the lockup spent for
 * good: `claimed` or `lost`, with the payment taken as paid. Should LND know it again meanwhile, its word counts.
 * Answers undefined when the swap was changed meanwhile. Throws `swap.not-live`.
 */
export async function giveUpForgotten(
  context: Context,
  row: SwapRow,
  note: string,
): Promise<Swap | undefined> {
  requireHopeless(context, row)
  if (row.given_up !== null) return swapView(row)
  const set = { given_up: note, updated_at: context.clock.now() }
  const isApplied = async (): Promise<boolean> =>
    (await context.storage.get(swaps, [row.id]))?.given_up === note
  if (await record(context, { writes: [update(swaps, row, set)] }, isApplied)) return undefined
  context.logger.warn('a swap whose payment LND has forgotten is given up by the operator', {
    swap: row.id,
    note,
  })
  context.live.wakeSwaps()
  return swapView({ ...row, ...set })
}

/** Revealed, it says so only when the lockup is spent for good. Else its payment must have timed out by all limits. */
function requireHopeless({ live, settings }: Context, row: SwapRow): void {
  const { id, state, reason, timeout_height: timeout, revealed_at: revealedAt } = row
  // As it was paid, whatever is set today.
  const maximumCltv = row.maximum_cltv ?? settings.swapping.maximumCltv
  const isForgotten = row.ended_at === null && reason === 'payment-forgotten'
  const from = (timeout ?? 0) + maximumCltv
  const isOver = revealedAt !== null || (live.info?.blockHeight ?? 0) > from
  if (isForgotten && isOver && timeout !== null) return
  throw new PaymentNodeError(
    'swap.not-live',
    isForgotten
      ? `LND has forgotten the payment of swap ${id}, which may be frozen up to block ${from}.`
      : `Swap ${id} is ${state}: LND has not forgotten its payment, or it can still be claimed.`,
    { swap: id, state },
    {
      advice: isForgotten
        ? 'Try again after that block.'
        : 'It ends by itself. Only what says payment-forgotten is given up.',
    },
  )
}
