import { table } from './table.ts'

/** Where events are sent to. */
export const webhookEndpoints = table({
  name: 'webhook_endpoints',
  columns: {
    node: { type: 'text' },
    id: { type: 'text' },
    network: { type: 'text' },
    /** Empty: the operator's, which may get every event. */
    partner: { type: 'text' },
    url: { type: 'text' },
    /** Names of events; empty: all that the owner may see. */
    types: { type: 'json' },
    /** `{ secret, createdAt, expiresAt }`, newest first; they sign, so they are stored as they are. */
    secrets: { type: 'json' },
    /** `active`, `disabled`, or `removed` until its deliveries are gone. */
    state: { type: 'text' },
    reason: { type: 'text', nullable: true },
    /** Since when nothing could be delivered. */
    failing_since: { type: 'time', nullable: true },
    /** Events up to this cursor have their delivery; those behind it that nobody wants may have been looked at. */
    position: { type: 'integer' },
    created_at: { type: 'time' },
    updated_at: { type: 'time' },
  },
  key: ['node', 'id'],
  index: {
    created: ['node', 'created_at', 'id'],
    partner: ['node', 'partner', 'created_at', 'id'],
  },
})

/** One event for one endpoint; the event itself stays in the log. */
export const webhookDeliveries = table({
  name: 'webhook_deliveries',
  columns: {
    node: { type: 'text' },
    id: { type: 'text' },
    network: { type: 'text' },
    endpoint: { type: 'text' },
    event: { type: 'text' },
    event_cursor: { type: 'integer' },
    type: { type: 'text' },
    /** 0 for the first delivery; each replay is one more. */
    replay: { type: 'integer' },
    /**
     * `waiting`, `delivered`, `failed` (all tries are used up), `dropped` (the endpoint was disabled),
     * `replayed` (failed or dropped, and a later delivery took its place).
     */
    state: { type: 'text' },
    tries: { type: 'integer' },
    next_at: { type: 'time' },
    /** What came of the last try. */
    status: { type: 'integer', nullable: true },
    error: { type: 'text', nullable: true },
    created_at: { type: 'time' },
    ended_at: { type: 'time', nullable: true },
  },
  key: ['node', 'id'],
  unique: { event: ['node', 'endpoint', 'event', 'replay'] },
  index: {
    due: ['node', 'endpoint', 'state', 'next_at', 'id'],
    endpoint: ['node', 'endpoint', 'event_cursor', 'id'],
    endpoint_state: ['node', 'endpoint', 'state', 'event_cursor', 'id'],
  },
})
