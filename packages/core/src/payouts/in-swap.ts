import { PaymentNodeError } from '../errors.ts'
import type { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'

type Payout = Pick<RowOf<typeof payouts>, 'id' | 'state' | 'destination_kind' | 'swap'>

/** A swap's claim is to pay it: no transaction takes it, and nobody cancels it. */
export function isInSwap({ state, swap }: Pick<Payout, 'state' | 'swap'>): boolean {
  return state === 'queued' && swap !== null
}

/** It waits for an on-chain transaction, and for nothing else. Throws `payout.in-swap`, `payout.not-queued`. */
export function requireQueued(payout: Payout): void {
  const { id, state, destination_kind: kind } = payout
  if (isInSwap(payout)) throw inSwap(payout)
  if (state === 'queued' && kind === 'onchain-address') return
  throw new PaymentNodeError(
    'payout.not-queued',
    `Payout ${id} is ${state}: it does not wait for an on-chain transaction.`,
    { payout: id, state },
    { advice: 'What was handed to the chain cannot be called back.' },
  )
}

export function inSwap({ id, swap }: Payout): PaymentNodeError<'payout.in-swap'> {
  return new PaymentNodeError(
    'payout.in-swap',
    `Payout ${id} is paid by the claim of swap ${swap}.`,
    { payout: id, swap: swap ?? '' },
    { advice: 'See swaps.explain(); when the swap ends without paying it, it is queued again.' },
  )
}
