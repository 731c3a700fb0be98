import type { Context, Identity, Leadership } from '../context.ts'
import { bookForeignPayment } from '../domain/ledger.ts'
import { postTransaction } from '../ledger/post-transaction.ts'
import { markFound } from '../payouts/mark-attempt.ts'
import { record } from '../record.ts'
import { differences } from '../tables/comparison.ts'
import { insert } from '../tables/table.ts'
import { confirmNode } from './confirm-node.ts'
import { explainPayments, type NodePayment, type PaymentFindings } from './explain-payments.ts'
import { differenceRow, unknownPayment } from './new-difference.ts'
import { readPaymentsCursor, storePaymentsCursor } from './payments-cursor.ts'
import { settleDifferences } from './settle-differences.ts'

/**
 * While this process leads, what is new in LND's history and not ours was made by another program of the
 * operator (money rule 16): the books are live, so there is nothing that they could have forgotten.
 */
export async function followForeign(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  await settleDifferences(context, identity, leadership, signal)
  const known = await readPaymentsCursor(context, identity)
  const payments = await explainPayments(context, identity, BigInt(known), signal)
  if (signal.aborted || payments.through === BigInt(known)) return
  await confirmNode(context, identity, signal)
  await bookForeign(context, identity, leadership, [...payments.unknown, ...payments.daemons])
  await takeOver(context, identity, leadership, payments.behind)
  await storePaymentsCursor(context, identity, leadership, Number(payments.through))
}

/** Books each once: the transaction's id is the payment's hash. What is in flight is kept until it ends. */
export async function bookForeign(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  payments: readonly NodePayment[],
): Promise<void> {
  for (const payment of payments) {
    const { paymentHash, amountMsat, feeMsat } = payment
    const writes =
      payment.state === 'in-flight'
        ? [
            insert(
              differences,
              differenceRow(identity, unknownPayment(payment), context.clock.now()),
            ),
          ]
        : postTransaction(context, identity, bookForeignPayment(paymentHash, amountMsat, feeMsat))
    // A refusal says that it is there already.
    await record(context, { writes, fence: leadership.fence }, async () => true)
    context.logger.info('another program pays with this LND; it is booked as the operator s', {
      paymentHash,
      state: payment.state,
    })
  }
}

/** LND has the payments of these payouts: from here on its word ends them, whatever the books held them for. */
export async function takeOver(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  payouts: PaymentFindings['behind'],
): Promise<void> {
  for (const { rows, payment } of payouts) {
    const evidence = { kind: 'found', state: payment.state, index: Number(payment.index) }
    // Refused: somebody else was faster, and has sent it by the same hash.
    await markFound(context, identity, rows, leadership, evidence)
  }
}
