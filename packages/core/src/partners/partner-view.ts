import { Amount } from '../domain/amount.ts'
import type { Metadata } from '../read-input.ts'
import type { partners } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'
import type { DestinationsInForce } from './destinations-in-force.ts'

/** A merchant the host accepts payments for. Times are milliseconds since 1970. */
export interface Partner {
  /** The host's own id. */
  readonly id: string
  readonly name: string | null
  readonly metadata: Metadata
  /** Seconds; null = the node's default. */
  readonly defaultExpiry: number | null
  /** Seconds; null = the node's maximum. */
  readonly maximumExpiry: number | null
  /** Where and how it is paid out. */
  readonly payout: DestinationsInForce & {
    /** Whether its balance is paid out by itself. */
    readonly automatic: boolean
    /** Smaller balances are not paid out by themselves; null = the node's default. */
    readonly minimum: Amount | null
    /** Who bears what payouts cost. */
    readonly feesPaidBy: 'partner' | 'operator'
  }
  /** What the operator keeps of each payment that arrives: ppm of it, and a fixed amount. */
  readonly fee: { readonly ppm: number; readonly fixed: Amount }
  /** Its own limits, fees included; null = only those of the node. */
  readonly caps: { readonly perPayout: Amount | null; readonly perDay: Amount | null }
  /** Seconds that received money is held before it can be paid out. */
  readonly availableAfter: number
  /** Can be paid out now. */
  readonly available: Amount
  /** Received, and held for `availableAfter`. */
  readonly pending: Amount
  /** Held for payouts under way. */
  readonly reserved: Amount
  /** What the partner owes after a refund that its balance did not cover; whatever arrives pays it first. */
  readonly debt: Amount
  readonly createdAt: number
  readonly updatedAt: number
}

/** What a partner has, in msat; `debt` is what it owes. */
export interface PartnerBalances {
  readonly available: bigint
  readonly pending: bigint
  readonly reserved: bigint
  readonly debt: bigint
}

export function partnerView(
  row: Omit<RowOf<typeof partners>, 'revision'>,
  { available, pending, reserved, debt }: PartnerBalances,
  destinations: DestinationsInForce,
): Partner {
  return {
    id: row.id,
    name: row.name,
    metadata: row.metadata as Metadata,
    defaultExpiry: row.default_expiry,
    maximumExpiry: row.maximum_expiry,
    payout: {
      ...destinations,
      automatic: row.has_automatic_payouts ?? false,
      minimum: amountOf(row.minimum_payout_msat),
      feesPaidBy: row.fees_paid_by === 'operator' ? 'operator' : 'partner',
    },
    fee: { ppm: row.fee_ppm ?? 0, fixed: new Amount(row.fee_fixed_msat ?? 0n) },
    caps: {
      perPayout: amountOf(row.cap_per_payout_msat),
      perDay: amountOf(row.cap_per_day_msat),
    },
    availableAfter: row.available_after ?? 0,
    available: new Amount(available),
    pending: new Amount(pending),
    reserved: new Amount(reserved),
    debt: new Amount(debt),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function amountOf(msat: bigint | null): Amount | null {
  return msat === null ? null : new Amount(msat)
}
