import type { DelegatedSwap } from '@payment-node/core'
import type { Daemon } from './daemon.ts'
import { readStatus } from './read-status.ts'

/** The daemon's loops out that have a label; with `label`: exactly this one. */
export async function listSwaps(
  daemon: Daemon,
  signal?: AbortSignal,
  label?: string,
): Promise<readonly DelegatedSwap[]> {
  const { swaps } = await daemon.call(
    '/looprpc.SwapClient/ListSwaps',
    { list_swap_filter: { swap_type: 'LOOP_OUT', label: label ?? '' } },
    signal,
  )
  return (
    swaps
      .map(readStatus)
      .filter((swap) => swap !== undefined)
      // loopd's filter finds whatever contains the label, and older ones know no filter.
      .filter((swap) => label === undefined || swap.label === label)
  )
}

/** Each change of a loop out that has a label, beginning with those that the daemon knows. */
export async function* watchSwaps(
  daemon: Daemon,
  signal: AbortSignal,
): AsyncGenerator<DelegatedSwap, void, undefined> {
  for await (const status of daemon.stream('/looprpc.SwapClient/Monitor', {}, signal)) {
    const swap = readStatus(status)
    if (swap) yield swap
  }
}
