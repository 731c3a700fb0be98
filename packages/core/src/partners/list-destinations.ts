import { type Context, identityOf } from '../context.ts'
import type { PartnerDestinationKind } from '../domain/partner-destination.ts'
import { readId } from '../read-input.ts'
import { findPartner } from './get-partner.ts'
import { readDestinations } from './read-destinations.ts'

/** One change of where a partner is paid. Times are milliseconds since 1970. */
export interface PartnerDestination {
  readonly partner: string
  readonly kind: PartnerDestinationKind
  /** Null: it was taken away. */
  readonly destination: string | null
  readonly requestedAt: number
  readonly effectiveAt: number
  /** When another change took its place before it was in effect; null: it was, or will be. */
  readonly replacedAt: number | null
}

/** Every destination that a partner had, and what waits, newest first. Throws `partner.not-found`. */
export async function listDestinations(
  context: Context,
  id: string,
): Promise<readonly PartnerDestination[]> {
  const identity = identityOf(context)
  const { id: partner } = await findPartner(context, readId(id, 'id'))
  const kinds = ['offchain', 'onchain'] as const
  const kept = await Promise.all(
    kinds.map((kind) => readDestinations(context, identity, partner, kind)),
  )
  return kept
    .flatMap((rows) => [...rows].reverse())
    .map((row) => ({
      partner,
      kind: row.kind as PartnerDestinationKind,
      destination: row.destination,
      requestedAt: row.requested_at,
      effectiveAt: row.effective_at,
      replacedAt: row.replaced_at,
    }))
    .sort((one, other) => other.requestedAt - one.requestedAt)
}
