import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { dayTotals } from '../tables/payouts.ts'
import { insert } from '../tables/table.ts'

const dayMilliseconds = 86_400_000

/** The UTC day as a number of days since 1970, in text. */
export function capDay(now: number): string {
  return String(Math.floor(now / dayMilliseconds))
}

/**
 * The write that counts a worst case against its day, bounded by the cap; refused `bound` above it.
 * The day's first payout inserts the row.
 */
export async function countAgainstDay(
  context: Context,
  identity: Identity,
  day: string,
  worstMsat: bigint,
): Promise<Write> {
  const row = await context.storage.get(dayTotals, [identity.publicKey, day])
  const max = context.settings.capPerDay.msat
  if (!row && worstMsat <= max)
    return insert(dayTotals, { ...rowBase(identity), day, amount_msat: worstMsat })
  return {
    op: 'add',
    table: dayTotals,
    key: [identity.publicKey, day],
    column: 'amount_msat',
    by: worstMsat,
    max,
  }
}

/** Gives back what a payout turned out not to need. */
export function returnToDay(identity: Identity, day: string, unusedMsat: bigint): Write {
  return {
    op: 'add',
    table: dayTotals,
    key: [identity.publicKey, day],
    column: 'amount_msat',
    by: -unusedMsat,
  }
}
