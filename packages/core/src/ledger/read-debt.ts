import type { Context, Identity } from '../context.ts'
import { balances } from '../tables/ledger.ts'

/** What the partner owes, in msat: zero or more. Whatever flows to it pays this first. */
export async function readDebt(
  context: Context,
  identity: Identity,
  partner: string,
): Promise<bigint> {
  const row = await context.storage.get(balances, [identity.publicKey, `debt/${partner}`])
  return -(row?.amount_msat ?? 0n)
}

/** How much of an amount goes towards a debt. */
export function towardsDebt(amountMsat: bigint, debtMsat: bigint): bigint {
  return amountMsat < debtMsat ? amountMsat : debtMsat
}
