import { PaymentNodeError } from '@payment-node/core'
import { type Answer, ask } from './ask-host.ts'
import type { World } from './world.ts'

type Node = Parameters<Parameters<typeof ask>[2]>[0]

/**
 * The operator lets money out again. Books that are an older copy may have payouts waiting that newer ones
 * have paid (`maybe-paid`): he finds out on the chain, and says so first. Where he cannot, he gives the money back.
 */
export function resumeOutgoing(
  world: World,
  says: string,
  reason: string,
): Promise<Answer<unknown>> {
  return ask(world, says, async (node) => {
    if (world.records.wasRestored) {
      for (const { id, verdict } of maybePaid(world)) await decide(node, id, verdict)
    }
    return node.safety.resume(reason)
  })
}

type Verdict = 'succeeded' | 'failed' | 'not-paid'

async function decide(node: Node, id: string, verdict: Verdict): Promise<void> {
  try {
    if (verdict === 'not-paid') await node.payouts.release(id)
    else await node.payouts.resolve(id, verdict, { by: 'operator', note: 'an older copy' })
  } catch (error) {
    const hasMoved =
      PaymentNodeError.is(error, 'payout.not-queued') ||
      PaymentNodeError.is(error, 'payout.not-unknown') ||
      PaymentNodeError.is(error, 'payout.verdict-refused')
    if (!hasMoved) throw error
  }
}

/** Each payout that waits for the operator's word, and what he finds out. */
function maybePaid({ books, network, shop }: World): { id: string; verdict: Verdict }[] {
  const found: { id: string; verdict: Verdict }[] = []
  const timesBehind = Number(books.row('safety', shop.publicKey)?.times_behind ?? 0)
  const counted = new Map<string, number>()
  for (const row of books.table('payouts').values()) {
    const { state, destination_kind: kind } = row
    if (state === 'canceled' || state === 'failed') continue
    const isWaiting = (state === 'queued' || state === 'reserved') && row.payment_hash === ''
    const mayBePaid = isWaiting && Number(row.times_behind ?? 0) < timesBehind
    const id = row.id as string
    if (kind !== 'onchain-address') {
      if (mayBePaid) found.push({ id, verdict: 'failed' })
      continue
    }
    const address = row.destination as string
    const before = counted.get(address) ?? 0
    counted.set(address, before + 1)
    if (!mayBePaid) continue
    const isPaid = network.outputsTo(address).length > before
    found.push({ id, verdict: isPaid ? 'succeeded' : 'not-paid' })
  }
  return found
}
