import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { partnerDays, type partners } from '../tables/partners.ts'
import { dayTotals, type payouts } from '../tables/payouts.ts'
import { type Fields, insert, type RowOf } from '../tables/table.ts'

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
  return addToDay(identity, day, worstMsat, max)
}

/** The same for the partner's own cap. It is counted without a cap, too: the partner may get one today. */
export async function countAgainstPartnerDay(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  day: string,
  worstMsat: bigint,
): Promise<Write> {
  const row = await context.storage.get(partnerDays, [identity.publicKey, partner.id, day])
  const max = partner.cap_per_day_msat ?? undefined
  if (!row && (max === undefined || worstMsat <= max)) {
    const base = rowBase(identity)
    return insert(partnerDays, { ...base, partner: partner.id, day, amount_msat: worstMsat })
  }
  return addToPartnerDay(identity, partner.id, day, worstMsat, max)
}

/** Gives back to the day what a payout turned out not to need, in msat: the node's day and the partner's. */
export function returnToDay(
  identity: Identity,
  payout: Pick<Fields<typeof payouts>, 'partner' | 'cap_day' | 'purpose'>,
  unusedMsat: bigint,
): Write[] {
  return [
    addToDay(identity, payout.cap_day, -unusedMsat),
    // Payouts without a purpose are older than the partners' days, and were not counted there.
    ...(payout.purpose === null
      ? []
      : [addToPartnerDay(identity, payout.partner, payout.cap_day, -unusedMsat)]),
  ]
}

function addToDay({ publicKey }: Identity, day: string, by: bigint, max?: bigint): Write {
  return {
    op: 'add',
    table: dayTotals,
    key: [publicKey, day],
    column: 'amount_msat',
    by,
    ...(max !== undefined && { max }),
  }
}

function addToPartnerDay(
  { publicKey }: Identity,
  partner: string,
  day: string,
  by: bigint,
  max?: bigint,
): Write {
  return {
    op: 'add',
    table: partnerDays,
    key: [publicKey, partner, day],
    column: 'amount_msat',
    by,
    ...(max !== undefined && { max }),
  }
}
