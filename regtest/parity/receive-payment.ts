import type { Actor, OwnInvoice } from './actor.ts'
import type { InvoiceOperation } from './operation.ts'
import type { CounterpartyPayment } from './world.ts'

/** What an operation showed: a value that is compared between the worlds. */
export type Result = unknown

/** What a payer chooses for an invoice without amount, before the difference. */
const usualMsat = 50_000_000n

/**
 * A counterparty pays an invoice of the node under test, exactly or not. A node that forwards picks
 * one of its channels to the next node at random, so the payee pays only where there is one. And for an
 * hour a payer remembers a node that did not forward (mission control), so nobody asks it to while we are down.
 */
export async function receivedBy(
  actor: Actor,
  invoice: OwnInvoice,
  { from, differenceMsat }: Extract<InvoiceOperation, { kind: 'receive' }>,
): Promise<CounterpartyPayment | 'refused'> {
  const channels = await actor.world.node.listChannels().catch(() => [])
  const payer = actor.world.counterparties[channels.length === 1 ? from : 'peer']
  const amountMsat = (invoice.amountMsat ?? usualMsat) + differenceMsat
  const isExact = invoice.amountMsat !== null && differenceMsat === 0n
  // Nobody can send nothing.
  const sentMsat = amountMsat > 0n ? amountMsat : 1n
  return payer
    .pay(invoice.paymentRequest, isExact ? undefined : sentMsat)
    .catch(() => 'refused' as const)
}
