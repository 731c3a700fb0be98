import { type Context, type Identity, type Leadership, newId, rowBase } from '../context.ts'
import type { StoredEvent } from '../ports/storage.ts'
import { record } from '../record.ts'
import { type Fields, insert, update } from '../tables/table.ts'
import { webhookDeliveries, webhookEndpoints } from '../tables/webhooks.ts'
import type { EndpointRow } from './endpoint-view.ts'
import { partnerOf } from './partner-of.ts'

/** An endpoint that the worker sends to. */
export interface FanTarget {
  row: EndpointRow
  /** Events up to this cursor were looked at; never behind the stored position. */
  looked: number
}

/** What one step came to. */
export interface FannedOut<T> {
  /** Endpoints with new deliveries. */
  readonly targets: readonly T[]
  /** There is more in the log. */
  readonly isMore: boolean
  /** A row was not as it was thought to be: read the endpoints again. */
  readonly isStale: boolean
}

/** Events looked at in one step. */
const page = 100
/** Deliveries written in one change, give or take one event. */
const mostDeliveries = 500

/**
 * Takes the next events of the log and writes a delivery for each endpoint that wants them, with the
 * endpoint's position in the same change: each event gets its delivery once, whoever leads. A position
 * that only moved over what nobody wants is kept in memory.
 */
export async function fanOut<T extends FanTarget>(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  targets: readonly T[],
): Promise<FannedOut<T>> {
  const nothing = { targets: [], isMore: false, isStale: false }
  if (targets.length === 0) return nothing
  const from = targets.reduce(
    (least, { looked }) => Math.min(least, looked),
    Number.MAX_SAFE_INTEGER,
  )
  const events = await context.storage.events(BigInt(from), page)
  if (events.length === 0) return nothing
  const { wanted, upTo } = pick(identity, targets, events)
  if (wanted.length > 0) {
    const now = context.clock.now()
    const rows = wanted.map(([target, event]) =>
      newDelivery(context, identity, target.row, event, 0, now),
    )
    const changed = [...new Set(wanted.map(([target]) => target))]
    const change = {
      writes: [
        ...rows.map((row) => insert(webhookDeliveries, row)),
        ...changed.map(({ row }) => update(webhookEndpoints, row, { position: upTo })),
      ],
      fence: leadership.fence,
    }
    const { node, id } = rows[0]!
    const isApplied = async (): Promise<boolean> =>
      (await context.storage.get(webhookDeliveries, [node, id])) !== undefined
    if (await record(context, change, isApplied)) return { ...nothing, isMore: true, isStale: true }
    for (const target of changed)
      target.row = { ...target.row, position: upTo, revision: target.row.revision + 1 }
  }
  for (const target of targets) target.looked = Math.max(target.looked, upTo)
  return {
    targets: [...new Set(wanted.map(([target]) => target))],
    isMore: events.length === page || upTo < Number(events.at(-1)!.cursor),
    isStale: false,
  }
}

/** Who gets what, up to an event behind which the change would become too large. */
function pick<T extends FanTarget>(
  { publicKey }: Identity,
  targets: readonly T[],
  events: readonly StoredEvent[],
): { wanted: (readonly [T, StoredEvent])[]; upTo: number } {
  const byOwner = Map.groupBy(targets, ({ row }) => row.partner)
  const hasPartners = byOwner.size > (byOwner.has('') ? 1 : 0)
  const wanted: (readonly [T, StoredEvent])[] = []
  let upTo = 0
  for (const event of events) {
    if (wanted.length >= mostDeliveries) break
    upTo = Number(event.cursor)
    if (event.node !== publicKey) continue
    const partner = hasPartners ? partnerOf(event) : null
    const owners = [byOwner.get('') ?? [], partner === null ? [] : (byOwner.get(partner) ?? [])]
    for (const target of owners.flat()) {
      if (target.looked < upTo && wantsType(target.row, event.type)) wanted.push([target, event])
    }
  }
  return { wanted, upTo }
}

/** Whether an endpoint gets this event at all. */
export function wantsEvent(row: EndpointRow, event: StoredEvent): boolean {
  if (event.node !== row.node || !wantsType(row, event.type)) return false
  return row.partner === '' || row.partner === partnerOf(event)
}

function wantsType({ types }: EndpointRow, type: string): boolean {
  const wanted = types as readonly string[]
  return wanted.length === 0 || wanted.includes(type)
}

/** A delivery that is due at once. */
export function newDelivery(
  context: Context,
  identity: Identity,
  endpoint: Pick<EndpointRow, 'id'>,
  event: Pick<StoredEvent, 'id' | 'cursor' | 'type'>,
  replay: number,
  now: number,
): Fields<typeof webhookDeliveries> {
  return {
    ...rowBase(identity),
    id: `whd_${newId(context)}`,
    endpoint: endpoint.id,
    event: event.id,
    event_cursor: Number(event.cursor),
    type: event.type,
    replay,
    state: 'waiting',
    tries: 0,
    next_at: now,
    status: null,
    error: null,
    created_at: now,
    ended_at: null,
  }
}
