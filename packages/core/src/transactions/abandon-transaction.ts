import type { Context, Identity } from '../context.ts'
import { stepTransaction, type TransactionState } from '../domain/transaction.ts'
import { newEvent } from '../events/new-event.ts'
import { payoutView } from '../payouts/payout-view.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { transactions } from '../tables/transactions.ts'
import { freeInputs } from './mark-transaction.ts'
import { readCarried } from './read-outputs.ts'

/**
 * The writes that give a signed transaction up for good, on an operator's word: its bytes are never published
 * again by these books, and its inputs may be chosen again, which is what keeps it from ever confirming. Its other
 * payouts stay reserved until the operator has decided each: nothing proves that it was not paid. Given up
 * before: only that it still is. Undefined: it is not in a state where anybody may decide.
 */
export async function abandonTransaction(
  context: Context,
  identity: Identity,
  row: RowOf<typeof transactions>,
  decided: string,
): Promise<{ readonly writes: Write[]; readonly events: NewEvent[] } | undefined> {
  if (row.state === 'given-up') return { writes: [requireUnchanged(transactions, row)], events: [] }
  const step = stepTransaction(row.state as TransactionState, 'abandoned')
  if (!step.ok) return undefined
  const now = context.clock.now()
  const given = { state: step.state, reason: 'resolved-by-operator', psbt: null, updated_at: now }
  const writes: Write[] = [
    update(transactions, row, given),
    ...(await freeInputs({ context, identity }, row)),
  ]
  const events: NewEvent[] = []
  const carrier = { row: { ...row, ...given }, height: context.live.info?.blockHeight ?? 0 }
  for (const payout of await readCarried(context, row)) {
    if (payout.id === decided) continue
    const set = { reason: 'transaction-given-up', updated_at: now }
    writes.push(update(payouts, payout, set))
    const view = payoutView({ ...payout, ...set }, null, carrier)
    events.push(
      newEvent(context, identity, 'payout.unknown', `payout/${payout.id}`, { payout: view }),
    )
  }
  return { writes, events }
}
