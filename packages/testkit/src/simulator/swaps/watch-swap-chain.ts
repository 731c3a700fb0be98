import type { MarketPlace, SeenSwap, SwapTruth } from './market-place.ts'

/** Milliseconds after which a reorganization counts as heard of. */
const heard = 30_000
/** Milliseconds between two looks at who serves. */
const beat = 5000

/** Keeps what the chain showed of lockups, and when there was somebody to look. */
export function watchSwapChain(
  { network, elapsed, isServed }: MarketPlace,
  swaps: () => readonly SeenSwap[],
): Pick<SwapTruth, 'wasInBlock' | 'servedBetween' | 'heightReachedAt'> {
  const { clock } = network
  const lost = new Map<string, number>()
  const held = new Set<string>()
  const reached = new Map<number, number>()
  const served: number[] = []
  let highest = network.blockHeight

  const note = (): void => {
    for (; highest < network.blockHeight; highest++) reached.set(highest + 1, elapsed())
    for (const { lockup } of swaps()) {
      if (!lockup) continue
      const { transactionId } = lockup
      const isIn = network.findTransaction(transactionId)?.blockHeight !== undefined
      if (isIn) held.add(transactionId)
      else if (held.delete(transactionId)) lost.set(transactionId, elapsed())
    }
  }
  void (async () => {
    for (;;) {
      await network.chainChanged()
      note()
    }
  })()
  void (async () => {
    for (;;) {
      await clock.sleep(beat, undefined, true)
      if (isServed()) served.push(elapsed())
    }
  })()

  return {
    wasInBlock(transactionId) {
      note()
      const lostAt = lost.get(transactionId)
      return held.has(transactionId) || (lostAt !== undefined && elapsed() - lostAt <= heard)
    },
    servedBetween: (from, to) => beat * served.filter((at) => at > from && at <= to).length,
    heightReachedAt: (height) => reached.get(height),
  }
}
