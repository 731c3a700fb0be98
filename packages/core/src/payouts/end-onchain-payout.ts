import { feeShares } from '../domain/transaction.ts'
import { newEvent } from '../events/new-event.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { payouts } from '../tables/payouts.ts'
import { type RowOf, update } from '../tables/table.ts'
import type { transactions } from '../tables/transactions.ts'
import type { Pursuit } from '../transactions/mark-transaction.ts'
import { readOutputs } from '../transactions/read-outputs.ts'
import { bookEnding } from './book-ending.ts'
import { tracePayoutEnd } from './end-payout.ts'
import { payoutView } from './payout-view.ts'

/**
 * Books the payouts of a transaction that is final, each once and in a change of its own: what is booked
 * already is passed over. The fee is shared equally; a share above the payout's fee limit is the operator's.
 */
export async function endOnchainPayouts(
  pursuit: Pursuit,
  transaction: RowOf<typeof transactions>,
): Promise<void> {
  const outputs = await readOutputs(pursuit.context, transaction)
  if (outputs.length === 0) return
  const shares = feeShares(transaction.fee_msat ?? 0n, outputs.length)
  for (const [at, { payout }] of outputs.entries()) {
    await endOne(pursuit, transaction, payout, shares[at]!)
  }
}

async function endOne(
  { context, identity, leadership }: Pursuit,
  transaction: RowOf<typeof transactions>,
  id: string,
  feeMsat: bigint,
): Promise<void> {
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const payout = await context.storage.get(payouts, [id])
    if (payout?.state !== 'sending' || payout.transaction !== transaction.id) return
    const set = {
      state: 'succeeded',
      reason: null,
      fee_msat: feeMsat,
      updated_at: context.clock.now(),
    }
    const height = context.live.info?.blockHeight ?? 0
    const view = payoutView({ ...payout, ...set }, null, { row: transaction, height })
    const paid = { feeMsat, account: 'world/onchain-fees' } as const
    const change = {
      writes: [
        update(payouts, payout, set),
        ...(await bookEnding(context, identity, payout, paid)),
      ],
      events: [newEvent(context, identity, 'payout.succeeded', `payout/${id}`, { payout: view })],
      fence: leadership.fence,
    }
    const refused = await tracePayoutEnd(context, payout, async (span) => {
      const refusal = await record(context, change, async () => {
        return (await context.storage.get(payouts, [id]))?.state === 'succeeded'
      })
      if (refusal) span.fail(refusal.reason)
      return refusal
    })
    if (!refused) return
  }
  throw tooContended(`payout ${id}`)
}
