import { PaymentNodeError } from '@payment-node/core'
import { type Answer, ask } from './ask-host.ts'
import type { World } from './world.ts'

/**
 * The operator lets money out again. Books that are an older copy may have payouts in their queue that
 * newer ones have paid: he cancels those first, as the difference tells him to.
 */
export function resumeOutgoing(
  world: World,
  says: string,
  reason: string,
): Promise<Answer<unknown>> {
  return ask(world, says, async (node) => {
    if (world.records.wasRestored) {
      for (const id of paidByNewerBooks(world)) {
        try {
          await node.payouts.cancel(id)
        } catch (error) {
          if (!PaymentNodeError.is(error, 'payout.not-queued')) throw error
        }
      }
    }
    return node.safety.resume(reason)
  })
}

/** Queued payouts to addresses that have their money already. */
function paidByNewerBooks({ books, network }: World): string[] {
  const paid: string[] = []
  const counted = new Map<string, number>()
  for (const { id, state, destination, destination_kind: kind } of books
    .table('payouts')
    .values()) {
    if (kind !== 'onchain-address' || state === 'canceled' || state === 'failed') continue
    const address = destination as string
    const before = counted.get(address) ?? 0
    counted.set(address, before + 1)
    if (state === 'queued' && network.outputsTo(address).length > before) paid.push(id as string)
  }
  return paid
}
