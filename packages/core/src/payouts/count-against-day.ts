import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { operatorFeeDays, partnerDays, type partners } from '../tables/partners.ts'
import { dayTotals, type payouts } from '../tables/payouts.ts'
import { type Fields, insert, type RowOf } from '../tables/table.ts'
import { operatorFeesOf, type Terms, worstOf } from './reservation.ts'

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
  const max = partner.cap_per_day_msat ?? undefined
  return countForPartner(context, identity, partnerDays, partner.id, day, worstMsat, max)
}

/** The same for what the operator pays for the partner: fees, and nothing where the partner pays them. */
export async function countAgainstOperatorFees(
  context: Context,
  identity: Identity,
  { partner, cap_day: day, ...terms }: Counted,
): Promise<Write[]> {
  const feesMsat = operatorFeesOf(terms)
  if (feesMsat === 0n) return []
  const max = context.settings.capOperatorFeesPerDay.msat
  return [await countForPartner(context, identity, operatorFeeDays, partner, day, feesMsat, max)]
}

type DayOfPartner = typeof partnerDays | typeof operatorFeeDays
type Counted = Terms & Pick<Fields<typeof payouts>, 'partner' | 'cap_day' | 'purpose'>

async function countForPartner(
  context: Context,
  identity: Identity,
  table: DayOfPartner,
  partner: string,
  day: string,
  amountMsat: bigint,
  max: bigint | undefined,
): Promise<Write> {
  const row = await context.storage.get(table, [identity.publicKey, partner, day])
  if (!row && (max === undefined || amountMsat <= max))
    return insert(table, { ...rowBase(identity), partner, day, amount_msat: amountMsat })
  return addForPartner(identity, table, partner, day, amountMsat, max)
}

/**
 * Gives back to the day what an ended payout did not need: the node's day and the partner's. `paidFeeMsat`:
 * undefined when nothing was paid. In msat.
 */
export function returnToDay(
  identity: Identity,
  payout: Counted,
  paidFeeMsat: bigint | undefined,
): Write[] {
  const { partner, cap_day: day } = payout
  const spentMsat = paidFeeMsat === undefined ? 0n : payout.amount_msat + paidFeeMsat
  const unusedMsat = worstOf(payout) - spentMsat
  const feesMsat = operatorFeesOf(payout)
  const toDay = addToDay(identity, day, -unusedMsat)
  // Payouts without a purpose are older than the partners' days, and were not counted there.
  if (payout.purpose === null) return [toDay]
  return [
    toDay,
    addForPartner(identity, partnerDays, partner, day, -unusedMsat),
    ...(feesMsat === 0n
      ? []
      : [addForPartner(identity, operatorFeeDays, partner, day, (paidFeeMsat ?? 0n) - feesMsat)]),
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

function addForPartner(
  { publicKey }: Identity,
  table: DayOfPartner,
  partner: string,
  day: string,
  by: bigint,
  max?: bigint,
): Write {
  return {
    op: 'add',
    table,
    key: [publicKey, partner, day],
    column: 'amount_msat',
    by,
    ...(max !== undefined && { max }),
  }
}
