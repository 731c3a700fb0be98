import { type Context, type Identity, type Leadership, newId, rowBase } from '../context.ts'
import type { ChosenInputs } from '../domain/choose-inputs.ts'
import { newEvent } from '../events/new-event.ts'
import { payoutView } from '../payouts/payout-view.ts'
import type { NewEvent, Refused, Write } from '../ports/storage.ts'
import { record } from '../record.ts'
import { countIntent } from '../safety/count-intent.ts'
import { claimedOutpoints } from '../tables/channel-intents.ts'
import { safety } from '../tables/node.ts'
import { payouts } from '../tables/payouts.ts'
import { type Fields, insert, type RowOf, requireUnchanged, update } from '../tables/table.ts'
import { transactionOutputs, transactions } from '../tables/transactions.ts'
import { lockIdOf, type TransactionPurpose } from './transaction-label.ts'

/** A transaction that shall be made. */
export interface WantedTransaction {
  readonly purpose: TransactionPurpose
  readonly chosen: ChosenInputs
  /** Whole sat/vB, or what a child needs for itself and its parent. */
  readonly satPerVbyte: number
  readonly feeLimitMsat: bigint
  /** The payouts that it carries; none for a bump. */
  readonly carried: readonly RowOf<typeof payouts>[]
  readonly parent?: string
  readonly budgetPeriod?: string
  /** Joins the change. */
  readonly alongside?: readonly Write[]
}

type Transaction = Fields<typeof transactions>

/**
 * The intent, in one change, before LND hears of it: the transaction with its coins, which nothing else can
 * choose any more, and its payouts, which are `sending` from now on. Requires the kill switch unchanged.
 * Answers the refusal when something it was decided on has changed.
 */
export async function recordTransaction(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  guard: RowOf<typeof safety>,
  wanted: WantedTransaction,
): Promise<{ readonly id: string } | { readonly refused: Refused }> {
  const { carried, chosen } = wanted
  const base = rowBase(identity)
  const now = context.clock.now()
  const id = newId(context)
  const row: Transaction = {
    ...base,
    id,
    purpose: wanted.purpose,
    state: 'intended',
    reason: null,
    lock_id: lockIdOf(id),
    sat_per_kvb: Math.round(wanted.satPerVbyte * 1000),
    fee_limit_msat: wanted.feeLimitMsat,
    budget_period: wanted.budgetPeriod ?? null,
    inputs: chosen.outpoints,
    psbt: null,
    raw: null,
    transaction_id: null,
    change_index: null,
    change_msat: null,
    fee_msat: null,
    virtual_bytes: null,
    parent: wanted.parent ?? null,
    since_height: context.live.info?.blockHeight ?? 0,
    published_at: null,
    published_height: null,
    confirmed_height: null,
    lost_height: null,
    created_at: now,
    updated_at: now,
  }
  const writes: Write[] = [
    insert(transactions, row),
    ...chosen.outpoints.map((outpoint) =>
      insert(claimedOutpoints, { ...base, outpoint, intent: id }),
    ),
    requireUnchanged(safety, guard),
    countIntent(identity),
    ...(wanted.alongside ?? []),
  ]
  const events: NewEvent[] = []
  const carrier = { row, height: row.since_height }
  for (const payout of carried) {
    const set = { state: 'sending', reason: null, transaction: id, updated_at: now }
    writes.push(
      insert(transactionOutputs, {
        ...base,
        transaction: id,
        payout: payout.id,
        address: payout.destination,
        amount_msat: payout.amount_msat,
        evidence: null,
      }),
      update(payouts, payout, set),
    )
    const view = payoutView({ ...payout, ...set }, null, carrier)
    events.push(
      newEvent(context, identity, 'payout.sending', `payout/${payout.id}`, { payout: view }),
    )
  }
  const refused = await record(context, { writes, events, fence: leadership.fence }, async () => {
    return (await context.storage.get(transactions, [id])) !== undefined
  })
  return refused ? { refused } : { id }
}
