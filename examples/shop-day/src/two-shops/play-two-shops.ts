import { auditTwoShops } from './audit-two-shops.ts'
import { type Explanation, explain } from './explain.ts'
import { readMoneyFlows } from './money-flows.ts'
import { pageState, type TwoShopsState } from './page-state.ts'
import { type Button, press } from './press.ts'
import type { Marker } from './record.ts'
import { openTwoShops, type TwoShops } from './run-two-shops.ts'

/** Two shops whose story has ended. */
export interface PlayedShops {
  readonly state: TwoShopsState
  /** By the marker's id. */
  readonly explanations: Readonly<Record<number, readonly Explanation[]>>
  /** What is wrong with the books; empty when nothing is. */
  readonly faults: readonly string[]
}

const hour = 3_600_000
/** Four days, from a Monday. */
export const story = { seed: 'two shops', startsAt: Date.parse('2026-06-15T00:00:00Z') }
const end = 96 * hour

/** What happens to both shops besides their customers. */
const script: readonly (readonly [hour: number, button: Button])[] = [
  [34, 'cheating-provider'],
  [38, 'kill-process'],
  [40, 'fee-spike'],
  [59, 'kill-lnd'],
  [81, 'close-channel'],
]

/** Plays the story to its end, as fast as it goes. */
export async function playTwoShops(told: (marker: Marker) => void): Promise<PlayedShops> {
  const shops = await openTwoShops(story)
  try {
    shops.onMarker(told)
    for (const [at, button] of script) shops.later(at * hour, () => press(shops, button))
    await shops.pass(end)
    return await finishShops(shops)
  } finally {
    await shops.stop()
  }
}

/** Lets what is under way end, and reads everybody's records. */
export async function finishShops(shops: TwoShops): Promise<PlayedShops> {
  await shops.settle()
  const node = shops.shop.node
  if (!node) throw new Error('the process of the shop did not come back')
  return shops.run(async () => {
    const span = { from: story.startsAt, to: shops.now() }
    const flows = await readMoneyFlows(node)
    const state = pageState(shops.record, flows, span)
    const explanations: Record<number, readonly Explanation[]> = {}
    for (const [id, marker] of shops.record.markers.entries()) {
      if (marker.explains.length > 0) explanations[id] = await explain(node, marker)
    }
    return { state, explanations, faults: await auditTwoShops(shops, node, flows) }
  })
}
