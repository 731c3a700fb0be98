import type { Context, Identity } from '../context.ts'
import { readDebt, towardsDebt } from '../ledger/read-debt.ts'
import { balances } from '../tables/ledger.ts'

/** The partner's balance, whatever it owes, in msat. */
export async function availableOf(
  context: Context,
  { publicKey }: Identity,
  partner: string,
): Promise<bigint> {
  return (await context.storage.get(balances, [publicKey, `partner/${partner}`]))?.amount_msat ?? 0n
}

/**
 * How much of its debt the partner's balance pays before a payout, in msat. Usually nothing: whatever arrives
 * pays the debt at once. A receipt and a refund with a debt that are booked at the same time leave both.
 */
export async function repayableOf(
  context: Context,
  identity: Identity,
  partner: string,
): Promise<bigint> {
  const available = await availableOf(context, identity, partner)
  return towardsDebt(available, await readDebt(context, identity, partner))
}

/** What the partner can pay out now, in msat: less what it owes. */
export async function freeOf(
  context: Context,
  identity: Identity,
  partner: string,
): Promise<bigint> {
  const available = await availableOf(context, identity, partner)
  return available - towardsDebt(available, await readDebt(context, identity, partner))
}
