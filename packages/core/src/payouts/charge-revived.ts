import type { Context, Identity, Leadership } from '../context.ts'
import { bookCorrection } from '../domain/ledger.ts'
import { feeShares } from '../domain/transaction.ts'
import { newEvent } from '../events/new-event.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import type { Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { chargeRefund } from './count-refund.ts'
import { payoutView } from './payout-view.ts'
import { availableOf } from './read-available.ts'

/**
 * A transaction that an operator had given up has confirmed all the same. Whose payout was resolved as failed
 * has the coins and got its balance back: that is taken from the balance again, and what it does not cover is
 * the partner's debt; a refund counts against its invoice again. Once per payout, each in a change of its own;
 * may be called again after any crash.
 */
export async function chargeRevived(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: RowOf<typeof transactions>,
): Promise<void> {
  const outputs = await readOutputs(context, row)
  const shares = feeShares(row.fee_msat ?? 0n, Math.max(1, outputs.length))
  for (const [at, { payout: id }] of outputs.entries()) {
    const payout = await context.storage.get(payouts, [id])
    if (payout?.state !== 'failed' || payout.transaction !== row.id) continue
    await chargeOne(context, identity, leadership, { row, id, shareMsat: shares[at]! })
  }
}

interface Charge {
  readonly row: RowOf<typeof transactions>
  /** The payout. */
  readonly id: string
  /** Of the transaction's fee. */
  readonly shareMsat: bigint
}

async function chargeOne(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  { row, id, shareMsat }: Charge,
): Promise<void> {
  const note = `payout/${id} was resolved as failed, and its transaction confirmed all the same`
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const payout = (await context.storage.get(payouts, [id]))!
    const { partner, fee_limit_msat: limitMsat } = payout
    const feeMsat = shareMsat < limitMsat ? shareMsat : limitMsat
    const owedMsat = payout.amount_msat + (payout.fees_paid_by === 'operator' ? 0n : feeMsat)
    const available = await availableOf(context, identity, partner)
    const debtMsat = owedMsat > available ? owedMsat - available : 0n
    const fact = bookCorrection(`revived/${id}`, partner, -owedMsat, note, -debtMsat)
    const isBooked = async (): Promise<boolean> =>
      (await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])) !== undefined
    if (await isBooked()) return
    // It stays failed: whoever was told so may have paid it in another way since.
    const set = { reason: 'revived', fee_msat: feeMsat, updated_at: context.clock.now() }
    const writes: Write[] = [
      update(payouts, payout, set),
      ...(await bookTransaction(context, identity, fact)),
      ...(payout.invoice === null
        ? []
        : [chargeRefund(identity, payout.invoice, payout.amount_msat)]),
    ]
    const carrier = { row, height: context.live.info?.blockHeight ?? 0 }
    const view = payoutView({ ...payout, ...set }, null, carrier)
    const events = [newEvent(context, identity, 'payout.revived', `payout/${id}`, { payout: view })]
    if (!(await record(context, { writes, events, fence }, isBooked))) return
  }
  throw tooContended(`payout ${id}`)
}
