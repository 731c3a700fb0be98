import type { BoltzSwap, ServerContext } from './server-context.ts'

/** The swap has come further: it is noted, and those who subscribed are told. */
export function setStatus(
  { clock, updates }: ServerContext,
  swap: BoltzSwap,
  status: string,
): void {
  swap.status = status
  swap.history.push({ status, at: clock.now() })
  updates.publish(swap)
}

/** From here on the swap does not change any more. */
export function isFinal({ status }: BoltzSwap): boolean {
  return ['swap.expired', 'transaction.refunded', 'transaction.failed'].includes(status)
}
