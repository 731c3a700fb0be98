import type { SelfCustodialSwapProvider } from '../ports/swap-provider.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import type { SwapFollower } from './follow-swap.ts'
import type { SwapRow } from './mark-swap.ts'

/** With what a swap is taken further. */
export interface SwapPursuit extends Pursuit {
  readonly follower: SwapFollower
  /** The server it was created on; undefined when nobody gives it any more: then the swap goes on without. */
  readonly providerOf: (row: SwapRow) => SelfCustodialSwapProvider | undefined
}

/** A swap stays with the url it was created on, whatever that provider is called now. */
export function providerOf(
  { context }: Pick<Pursuit, 'context'>,
  row: Pick<SwapRow, 'url' | 'provider'>,
): SelfCustodialSwapProvider | undefined {
  const same = context.settings.swapping.providers.filter(
    (one): one is SelfCustodialSwapProvider => one.custody === 'self' && one.url === row.url,
  )
  return same.find(({ name }) => name === row.provider) ?? same[0]
}
