import type { EventType } from '../events.ts'
import type { RowOf } from '../tables/table.ts'
import type { webhookDeliveries } from '../tables/webhooks.ts'

/** What became of a delivery. See {@link WebhookDelivery}. */
export type DeliveryState = 'waiting' | 'delivered' | 'failed' | 'dropped' | 'replayed'

/** One event for one endpoint. Times are milliseconds since 1970. */
export interface WebhookDelivery {
  readonly id: string
  readonly endpoint: string
  /** Its id: what the receiver sees as `webhook-id`. */
  readonly event: string
  /** The event's place in the log: see `events.after()`. */
  readonly cursor: string
  readonly type: EventType
  /** 0 for the first delivery of the event; each replay is one more. */
  readonly replay: number
  /**
   * `failed`: all tries are used up; `dropped`: the endpoint was disabled; `replayed`: failed or dropped,
   * and a later delivery took its place.
   */
  readonly state: DeliveryState
  readonly tries: number
  /** When it is tried next; null when it is not waiting. */
  readonly nextAt: number | null
  /** HTTP status of the last try; null without an answer. */
  readonly status: number | null
  /** Why the last try did not succeed. */
  readonly error: string | null
  readonly createdAt: number
  readonly endedAt: number | null
}

export type DeliveryRow = RowOf<typeof webhookDeliveries>

export function deliveryView(row: Omit<DeliveryRow, 'revision'>): WebhookDelivery {
  return {
    id: row.id,
    endpoint: row.endpoint,
    event: row.event,
    cursor: String(row.event_cursor),
    type: row.type as EventType,
    replay: row.replay,
    state: row.state as DeliveryState,
    tries: row.tries,
    nextAt: row.state === 'waiting' ? row.next_at : null,
    status: row.status,
    error: row.error,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  }
}
