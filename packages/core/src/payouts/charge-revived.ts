import type { Context, Identity, Leadership } from '../context.ts'
import { bookCorrection } from '../domain/ledger.ts'
import { feeShares } from '../domain/transaction.ts'
import { bookTransaction } from '../ledger/book-transaction.ts'
import type { Write } from '../ports/storage.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { ledgerTransactions } from '../tables/ledger.ts'
import { payouts } from '../tables/payouts.ts'
import type { RowOf } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { chargeRefund } from './count-refund.ts'
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
    await chargeOne(context, identity, leadership, payout, shares[at]!)
  }
}

async function chargeOne(
  context: Context,
  identity: Identity,
  { fence }: Leadership,
  payout: RowOf<typeof payouts>,
  shareMsat: bigint,
): Promise<void> {
  const { id, partner, fee_limit_msat: limitMsat } = payout
  const feeMsat =
    payout.fees_paid_by === 'operator' ? 0n : shareMsat < limitMsat ? shareMsat : limitMsat
  const owedMsat = payout.amount_msat + feeMsat
  const note = `payout/${id} was resolved as failed, and its transaction confirmed all the same`
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const available = await availableOf(context, identity, partner)
    const debtMsat = owedMsat > available ? owedMsat - available : 0n
    const fact = bookCorrection(`revived/${id}`, partner, -owedMsat, note, -debtMsat)
    const isBooked = async (): Promise<boolean> =>
      (await context.storage.get(ledgerTransactions, [identity.publicKey, fact.id])) !== undefined
    if (await isBooked()) return
    const writes: Write[] = [
      ...(await bookTransaction(context, identity, fact)),
      ...(payout.invoice === null
        ? []
        : [chargeRefund(identity, payout.invoice, payout.amount_msat)]),
    ]
    if (!(await record(context, { writes, fence }, isBooked))) return
  }
  throw tooContended(`payout ${id}`)
}
