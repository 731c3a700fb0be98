import { parseAmount } from '../domain/amount.ts'
import type { AnyEvent } from '../events.ts'
import type { StoredEvent } from '../ports/storage.ts'

/** The fields of event data that are amounts; metadata is the host's and stays as it is. */
const amounts: Readonly<Record<string, readonly string[]>> = {
  invoice: ['amount', 'paid', 'fee', 'commission', 'net'],
  payout: ['amount', 'feeLimit', 'fee'],
  channel: ['capacity', 'local', 'remote', 'sendable', 'receivable'],
  opening: ['capacity', 'feeLimit', 'fee'],
  decision: ['capacity', 'cost'],
}

/** The event as an object again: the stored envelope, its amounts revived, its cursor added. */
export function readEvent(stored: StoredEvent): AnyEvent {
  const envelope = JSON.parse(stored.body) as AnyEvent
  return { ...reviveAmounts(envelope), cursor: stored.cursor.toString() }
}

/** Makes the amounts of a parsed event amounts again, in place. */
export function reviveAmounts(event: AnyEvent): AnyEvent {
  const data = event.data as unknown as Record<string, Record<string, unknown> | undefined>
  for (const [subject, fields] of Object.entries(amounts)) {
    const object = data[subject]
    if (!object) continue
    for (const field of fields) {
      const text = object[field]
      if (typeof text === 'string') object[field] = parseAmount(text, field)
    }
  }
  return event
}
