import { setTimeout as delay } from 'node:timers/promises'
import type { PaymentNode, Swap } from '@payment-node/core'
import type { Network } from '../../network.ts'

const lookEveryMilliseconds = 50
const longestMilliseconds = 60_000

/**
 * Lets blocks come where the node's swaps wait for one, until `isThere`: for a lockup or a claim that is on its way, and
 * then six that bury the claim, unless `buries` is false.
 */
export async function bringSwapsOn(
  network: Network,
  node: PaymentNode,
  isThere: (all: readonly Swap[]) => boolean | Promise<boolean>,
  {
    buries = true,
    describe = () => '',
  }: { buries?: boolean; describe?: () => Promise<unknown> | unknown } = {},
): Promise<readonly Swap[]> {
  const start = performance.now()
  const buried = new Set<string>()
  for (;;) {
    const { items } = await node.swaps.list({ limit: 100 })
    if (await isThere(items)) return items
    if (performance.now() - start > longestMilliseconds) {
      const swaps = items.map(({ id, state, reason }) => ({ id, state, reason }))
      throw new Error(
        `awaited: swaps\n${JSON.stringify(swaps)}\n${JSON.stringify(await describe())}`,
      )
    }
    const waiting = items.filter(
      ({ id, reason }) => reason === 'waiting-for-claim' && !buried.has(id),
    )
    if (items.some(wantsBlock) && (await network.chain.mempool()).length > 0) await network.mine(1)
    else if (buries && waiting.length > 0) {
      await network.mine(6)
      for (const { id } of waiting) buried.add(id)
    }
    await delay(lookEveryMilliseconds)
  }
}

function wantsBlock({ state, reason }: Swap): boolean {
  return (
    state === 'held' ||
    state === 'lockup-seen' ||
    (state === 'claim-published' && reason !== 'waiting-for-claim')
  )
}
