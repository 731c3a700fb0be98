import { type Context, type Identity, identityOf } from '../context.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import type { Key, StoredEvent, Write } from '../ports/storage.ts'
import { readId, readObject } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { insert, update } from '../tables/table.ts'
import { webhookDeliveries } from '../tables/webhooks.ts'
import type { DeliveryRow } from './delivery-view.ts'
import type { EndpointRow } from './endpoint-view.ts'
import { newDelivery, wantsEvent } from './fan-out.ts'
import { findEndpoint } from './find-endpoint.ts'

/** What to send again: exactly one of `event`, `range` and `failed`. */
export interface ReplayInput {
  readonly endpoint: string
  /** The id of an event that was sent there before, or should have been. */
  readonly event?: string
  /** Events between two cursors of `events.after()`: behind `after`, and up to `upTo` where it is given. */
  readonly range?: { readonly after: string; readonly upTo?: string }
  /** Everything that failed or was dropped, and was not replayed since. */
  readonly failed?: true
}

/** How many deliveries are due now because of it. */
export interface Replayed {
  readonly count: number
}

/** Deliveries written in one change. */
const page = 200

/**
 * Sends events again, under their own ids, to an endpoint that is active. What still waits is tried now.
 * An event that the endpoint does not get (another partner's, another type) is never among them. Works
 * page by page: after a crash call it again, what was replayed before it may then arrive once more. Throws `webhook.not-found`,
 * `webhook.disabled`, `webhook.event-not-found`.
 */
export async function replay(context: Context, input: ReplayInput): Promise<Replayed> {
  readObject(input, 'replay', ['endpoint', 'event', 'range', 'failed'])
  const id = readId(input.endpoint, 'endpoint')
  const event = input.event === undefined ? undefined : readId(input.event, 'event')
  const range = input.range === undefined ? undefined : readRange(input.range)
  if (input.failed !== undefined && (input.failed as unknown) !== true)
    throw invalid('failed', 'wrong-type', 'expected true, or nothing')
  const given = [event, range, input.failed].filter((value) => value !== undefined)
  if (given.length !== 1)
    throw invalid('replay', 'one-of', 'expected exactly one of event, range and failed')
  const endpoint = await findEndpoint(context, id)
  if (endpoint.state !== 'active') {
    throw new PaymentNodeError(
      'webhook.disabled',
      `The webhook endpoint ${id} is disabled.`,
      { endpoint: id, reason: endpoint.reason ?? '' },
      { advice: 'Call webhooks.enable(id) first.' },
    )
  }
  const identity = identityOf(context)
  const count = event
    ? await replayOne(context, identity, endpoint, event)
    : range
      ? await replayRange(context, identity, endpoint, range)
      : await replayFailed(context, identity, endpoint)
  context.live.wakeWebhooks()
  return { count }
}

interface Range {
  readonly after: bigint
  readonly upTo: bigint | undefined
}

function readRange(value: unknown): Range {
  const { after, upTo } = readObject(value, 'range', ['after', 'upTo'])
  return {
    after: readCursorText(after, 'range.after'),
    upTo: upTo === undefined ? undefined : readCursorText(upTo, 'range.upTo'),
  }
}

function readCursorText(value: unknown, field: string): bigint {
  if (typeof value !== 'string') throw invalid(field, 'wrong-type', "expected an event's cursor")
  if (!/^(0|[1-9][0-9]{0,17})$/.test(value))
    throw invalid(field, 'malformed', "is not an event's cursor, or '0'")
  return BigInt(value)
}

async function replayOne(
  context: Context,
  identity: Identity,
  endpoint: EndpointRow,
  id: string,
): Promise<number> {
  const known = await newestOf(context, endpoint, id)
  const [event] = known ? await context.storage.events(BigInt(known.event_cursor) - 1n, 1) : []
  if (event?.id === id) return sendAgain(context, identity, endpoint, [event])
  throw new PaymentNodeError(
    'webhook.event-not-found',
    `The event ${JSON.stringify(id)} is not, or no longer, in the log of deliveries of the webhook endpoint ${endpoint.id}.`,
    { event: id },
    { advice: 'Events that have left the log are replayed as a range of cursors.' },
  )
}

async function replayRange(
  context: Context,
  identity: Identity,
  endpoint: EndpointRow,
  { after, upTo }: Range,
): Promise<number> {
  // What is written from now on gets its delivery anyway.
  const end = upTo ?? (await context.storage.lastEvent())
  let count = 0
  for (let position = after; position < end; ) {
    const events = await context.storage.events(position, page)
    if (events.length === 0) break
    position = events.at(-1)!.cursor
    const wanted = events.filter((event) => event.cursor <= end && wantsEvent(endpoint, event))
    if (wanted.length > 0) count += await sendAgain(context, identity, endpoint, wanted)
  }
  return count
}

async function replayFailed(
  context: Context,
  identity: Identity,
  endpoint: EndpointRow,
): Promise<number> {
  let count = 0
  for (const state of ['failed', 'dropped']) {
    let after: Key | undefined
    for (;;) {
      const rows: DeliveryRow[] = await context.storage.find(webhookDeliveries, {
        index: 'endpoint_state',
        equals: [endpoint.node, endpoint.id, state],
        limit: page,
        ...(after && { after }),
      })
      const last = rows.at(-1)
      if (!last) break
      after = [last.event_cursor, last.id]
      // A delivery has all that its event is needed for here.
      const events = rows.map(({ event, event_cursor, type }) => ({
        id: event,
        cursor: BigInt(event_cursor),
        type,
      }))
      count += await sendAgain(context, identity, endpoint, events)
    }
  }
  return count
}

/** One more delivery each; one that waits is brought forward; one that failed is marked as replayed. */
async function sendAgain(
  context: Context,
  identity: Identity,
  endpoint: EndpointRow,
  events: readonly Pick<StoredEvent, 'id' | 'cursor' | 'type'>[],
): Promise<number> {
  const once = [...new Map(events.map((event) => [event.id, event])).values()]
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const now = context.clock.now()
    const writes: Write[] = []
    let first: string | undefined
    for (const event of once) {
      const newest = await newestOf(context, endpoint, event.id)
      if (newest?.state === 'waiting') {
        writes.push(update(webhookDeliveries, newest, { next_at: Math.min(newest.next_at, now) }))
        continue
      }
      if (newest?.state === 'failed' || newest?.state === 'dropped')
        writes.push(update(webhookDeliveries, newest, { state: 'replayed' }))
      const number = newest ? newest.replay + 1 : 0
      const row = newDelivery(context, identity, endpoint, event, number, now)
      first ??= row.id
      writes.push(insert(webhookDeliveries, row))
    }
    // Where only waiting ones were brought forward, doing it again is the same.
    const isApplied = async (): Promise<boolean> =>
      first !== undefined &&
      (await context.storage.get(webhookDeliveries, [endpoint.node, first])) !== undefined
    if (!(await record(context, { writes }, isApplied))) return once.length
  }
  throw tooContended('webhooks.replay')
}

async function newestOf(
  context: Context,
  { node, id }: EndpointRow,
  event: string,
): Promise<DeliveryRow | undefined> {
  const [newest] = await context.storage.find(webhookDeliveries, {
    index: 'event',
    equals: [node, id, event],
    descending: true,
    limit: 1,
  })
  return newest
}
