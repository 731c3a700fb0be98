import { type Context, identityOf } from '../context.ts'
import {
  inForce,
  nextDestination,
  type PartnerDestinationKind,
} from '../domain/partner-destination.ts'
import { readDestinations } from './read-destinations.ts'

/** Where a partner is paid now, and what will change. */
export interface DestinationsInForce {
  /** A Lightning address or LNURL; null: there is none. */
  readonly offchain: string | null
  readonly onchain: string | null
  /** Changes that wait for their cool-down; at most one of each kind. */
  readonly next: readonly WaitingDestination[]
}

/** A change that is not in effect yet. Times are milliseconds since 1970. */
export interface WaitingDestination {
  readonly kind: PartnerDestinationKind
  /** Null: from then on there is none. */
  readonly destination: string | null
  readonly requestedAt: number
  readonly effectiveAt: number
}

/** Where a partner is paid by the clock of this process. A partner without destinations has none. */
export async function destinationsInForce(
  context: Context,
  partner: string,
): Promise<DestinationsInForce> {
  const identity = identityOf(context)
  const now = context.clock.now()
  const [offchain, onchain] = await Promise.all(
    (['offchain', 'onchain'] as const).map(async (kind) => {
      const kept = await readDestinations(context, identity, partner, kind)
      return { kind, current: inForce(kept, now), next: nextDestination(kept, now) }
    }),
  )
  return {
    offchain: offchain!.current?.destination ?? null,
    onchain: onchain!.current?.destination ?? null,
    next: [offchain!, onchain!].flatMap(({ kind, next }) =>
      next
        ? [
            {
              kind,
              destination: next.destination,
              requestedAt: next.requested_at,
              effectiveAt: next.effective_at,
            },
          ]
        : [],
    ),
  }
}
