import { type Context, type Identity, rowBase } from '../context.ts'
import {
  changeDestination,
  inForce,
  type PartnerDestinationKind,
} from '../domain/partner-destination.ts'
import { newEvent } from '../events/new-event.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { partnerDestinations } from '../tables/partners.ts'
import { insert, update } from '../tables/table.ts'
import { readDestinations } from './read-destinations.ts'

/** Where a partner will be paid, as the event tells it. Times are milliseconds since 1970. */
export interface DestinationChanged {
  readonly partner: string
  readonly kind: PartnerDestinationKind
  /** What is in force when it is asked for; null: none. */
  readonly from: string | null
  /** What is in force afterwards; the same as `from` when a change that waited was canceled. */
  readonly to: string | null
  readonly requestedAt: number
  /** Until then `from` stays in force. */
  readonly effectiveAt: number
}

/** What a call wants of each destination; left out: as it is. */
export type WantedDestinations = Partial<Record<PartnerDestinationKind, string | null>>

/** The writes and events of changed destinations, for the change that updates the partner's row. */
export async function changeDestinations(
  context: Context,
  identity: Identity,
  partner: string,
  wanted: WantedDestinations,
): Promise<{ readonly writes: Write[]; readonly events: NewEvent[] }> {
  const writes: Write[] = []
  const events: NewEvent[] = []
  if (Object.keys(wanted).length === 0) return { writes, events }
  const now = context.clock.now()
  const { destinationCoolDown: coolDown } = context.settings.partners
  const [offchain, onchain] = await Promise.all([
    readDestinations(context, identity, partner, 'offchain'),
    readDestinations(context, identity, partner, 'onchain'),
  ])
  const isFirst = offchain.length + onchain.length === 0
  for (const [kind, kept] of [
    ['offchain', offchain],
    ['onchain', onchain],
  ] as const) {
    const destination = wanted[kind]
    if (destination === undefined) continue
    const { replaced, added } = changeDestination(kept, destination, { now, coolDown, isFirst })
    if (replaced) writes.push(update(partnerDestinations, replaced, { replaced_at: now }))
    if (added) {
      const { version, effectiveAt: effective_at } = added
      const row = { kind, version, destination, requested_at: now, effective_at, replaced_at: null }
      writes.push(insert(partnerDestinations, { ...rowBase(identity), partner, ...row }))
    }
    if (!replaced && !added) continue
    const from = inForce(kept, now)?.destination ?? null
    const effectiveAt = added?.effectiveAt ?? now
    const change = { partner, kind, from, to: destination, requestedAt: now, effectiveAt }
    events.push(
      newEvent(context, identity, 'partner.destination-changed', `partner/${partner}`, { change }),
    )
  }
  return { writes, events }
}
