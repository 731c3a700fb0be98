import { type Context, type Identity, rowBase } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { addTo, countUp, type Total } from '../tables/count-up.ts'
import { operatorFeeDays, partnerDays, type partners } from '../tables/partners.ts'
import { dayTotals, type payouts } from '../tables/payouts.ts'
import type { Fields, RowOf } from '../tables/table.ts'
import { operatorsPartner } from './operators-partner.ts'
import { operatorFeesOf, type Terms, worstOf } from './reservation.ts'

const dayMilliseconds = 86_400_000

/** The UTC day as a number of days since 1970, in text. */
export function capDay(now: number): string {
  return String(Math.floor(now / dayMilliseconds))
}

/** Whether it goes to the operator's own address: that has a cap of its own. */
export function isOperators({ partner, purpose }: Pick<Counted, 'partner' | 'purpose'>): boolean {
  return partner === operatorsPartner && purpose === 'automatic'
}

/**
 * The writes that count a worst case against its day, the node's and the partner's, bounded by their caps; refused
 * `bound` above. What goes to the operator's own address counts in neither, but in a day of its own.
 */
export async function countAgainstDays(
  context: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  payout: Counted,
): Promise<Write[]> {
  const { cap_day: day } = payout
  const worstMsat = worstOf(payout)
  if (isOperators(payout)) return [await countAgainstOperatorDay(context, identity, day, worstMsat)]
  return [
    await countAgainstDay(context, identity, day, worstMsat),
    await countAgainstPartnerDay(context, identity, partner, day, worstMsat),
  ]
}

/** The same for what goes to an address of the operator's, by a payout or by a swap. */
export function countAgainstOperatorDay(
  { storage, settings }: Context,
  identity: Identity,
  day: string,
  worstMsat: bigint,
): Promise<Write> {
  const total = ofPartner(identity, partnerDays, operatorsPartner, day)
  return countUp(storage, total, worstMsat, settings.capOperatorPerDay.msat)
}

/** Gives back to that day what did not leave; in msat. */
export function returnToOperatorDay(identity: Identity, day: string, unusedMsat: bigint): Write {
  return addTo(ofPartner(identity, partnerDays, operatorsPartner, day), -unusedMsat)
}

/**
 * The write that counts a worst case against the node's day, bounded by the cap; refused `bound` above it.
 * The day's first payout inserts the row.
 */
export function countAgainstDay(
  { storage, settings }: Context,
  identity: Identity,
  day: string,
  worstMsat: bigint,
): Promise<Write> {
  return countUp(storage, ofDay(identity, day), worstMsat, settings.capPerDay.msat)
}

/** The same for the partner's own cap. It is counted without a cap, too: the partner may get one today. */
export function countAgainstPartnerDay(
  { storage }: Context,
  identity: Identity,
  partner: RowOf<typeof partners>,
  day: string,
  worstMsat: bigint,
): Promise<Write> {
  const max = partner.cap_per_day_msat ?? undefined
  return countUp(storage, ofPartner(identity, partnerDays, partner.id, day), worstMsat, max)
}

/** The same for what the operator pays for the partner: fees, and nothing where the partner pays them. */
export async function countAgainstOperatorFees(
  { storage, settings }: Context,
  identity: Identity,
  { partner, cap_day: day, ...terms }: Counted,
): Promise<Write[]> {
  const feesMsat = operatorFeesOf(terms)
  if (feesMsat === 0n) return []
  const total = ofPartner(identity, operatorFeeDays, partner, day)
  return [await countUp(storage, total, feesMsat, settings.capOperatorFeesPerDay.msat)]
}

type DayOfPartner = typeof partnerDays | typeof operatorFeeDays
type Counted = Terms & Pick<Fields<typeof payouts>, 'partner' | 'cap_day' | 'purpose'>

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
  const toDay = addTo(ofDay(identity, day), -unusedMsat)
  // Payouts without a purpose are older than the partners' days, and were not counted there.
  if (payout.purpose === null) return [toDay]
  const fees = ofPartner(identity, operatorFeeDays, partner, day)
  return [
    ...(isOperators(payout) ? [] : [toDay]),
    addTo(ofPartner(identity, partnerDays, partner, day), -unusedMsat),
    ...(feesMsat === 0n ? [] : [addTo(fees, (paidFeeMsat ?? 0n) - feesMsat)]),
  ]
}

function ofDay(identity: Identity, day: string): Total<typeof dayTotals> {
  return { table: dayTotals, row: { ...rowBase(identity), day }, column: 'amount_msat' }
}

function ofPartner(
  identity: Identity,
  table: DayOfPartner,
  partner: string,
  day: string,
): Total<DayOfPartner> {
  return { table, row: { ...rowBase(identity), partner, day }, column: 'amount_msat' }
}
