import type { Actor, OwnInvoice } from './actor.ts'
import type { InvoiceOperation } from './operation.ts'
import type { CounterpartyPayment } from './world.ts'

/** What an operation showed: a value that is compared between the worlds. */
export type Result = unknown

/** What a payer chooses for an invoice without amount, before the difference. */
const usualMsat = 50_000_000n

/** A counterparty pays an invoice of the node under test, exactly or not. */
export function receivedBy(
  actor: Actor,
  invoice: OwnInvoice,
  { from, differenceMsat }: Extract<InvoiceOperation, { kind: 'receive' }>,
): Promise<CounterpartyPayment | 'refused'> {
  const payer = actor.world.counterparties[from]
  const amountMsat = (invoice.amountMsat ?? usualMsat) + differenceMsat
  const isExact = invoice.amountMsat !== null && differenceMsat === 0n
  // Nobody can send nothing.
  const sentMsat = amountMsat > 0n ? amountMsat : 1n
  return payer
    .pay(invoice.paymentRequest, isExact ? undefined : sentMsat)
    .catch(() => 'refused' as const)
}
