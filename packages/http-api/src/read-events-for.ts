import { type AnyEvent, type PaymentNode, partnerOfEvent } from '@payment-node/core'
import type { Caller } from './caller.ts'

/** How many events of others are passed over at most before an empty answer is given. */
const patience = 10_000

/** Events after a cursor that the caller may see, and where to go on. */
export async function readEventsFor(
  node: PaymentNode,
  { partner }: Caller,
  after: string,
  limit = 100,
): Promise<{ readonly events: readonly AnyEvent[]; readonly cursor: string }> {
  const events: AnyEvent[] = []
  let cursor = after
  for (let passed = 0; passed < patience; ) {
    const page = await node.events.after(cursor, { limit: partner === undefined ? limit : 1000 })
    for (const event of page) {
      passed++
      if (partner === undefined || partnerOfEvent(event) === partner) events.push(event)
      cursor = event.cursor
      if (events.length === limit) return { events, cursor }
    }
    if (partner === undefined || page.length < 1000) break
  }
  return { events, cursor }
}
