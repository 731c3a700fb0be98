import { Amount } from '../domain/amount.ts'
import type { Metadata } from '../read-input.ts'
import type { partners } from '../tables/partners.ts'
import type { RowOf } from '../tables/table.ts'

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
  /** Can be paid out now. */
  readonly available: Amount
  /** Held for payouts under way. */
  readonly reserved: Amount
  readonly createdAt: number
  readonly updatedAt: number
}

export function partnerView(
  row: Omit<RowOf<typeof partners>, 'revision'>,
  balance: { available: bigint; reserved: bigint },
): Partner {
  return {
    id: row.id,
    name: row.name,
    metadata: row.metadata as Metadata,
    defaultExpiry: row.default_expiry,
    maximumExpiry: row.maximum_expiry,
    available: new Amount(balance.available),
    reserved: new Amount(balance.reserved),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
