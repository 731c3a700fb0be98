import type { StoredEvent } from '../ports/storage.ts'

/** The trace that an event about an invoice or a payout belongs to; null for all others, and where nobody traces. */
export function traceOf({ type, body }: Pick<StoredEvent, 'type' | 'body'>): string | null {
  const family = type.slice(0, type.indexOf('.'))
  if (family !== 'invoice' && family !== 'payout') return null
  const { data } = JSON.parse(body) as { data: Record<string, { traceparent?: string | null }> }
  // Events of an earlier release have none.
  return data[family]?.traceparent ?? null
}
