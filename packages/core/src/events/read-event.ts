import { parseAmount } from '../domain/amount.ts'
import type { AnyEvent } from '../events.ts'
import type { StoredEvent } from '../ports/storage.ts'

/** The fields of event data that are amounts, in lists too; metadata is the host's and stays as it is. */
const amounts: Readonly<Record<string, readonly string[]>> = {
  invoice: ['amount', 'paid', 'fee', 'commission', 'net'],
  payout: ['amount', 'feeLimit', 'fee', 'queue.worstFee'],
  transaction: ['fee', 'outputs.amount'],
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
    for (const field of fields) revive(object, field.split('.'))
  }
  return event
}

function revive(value: unknown, [field, ...inner]: readonly string[]): void {
  if (field === undefined || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const entry of value) revive(entry, [field, ...inner])
    return
  }
  const object = value as Record<string, unknown>
  const text = object[field]
  if (inner.length > 0) revive(text, inner)
  else if (typeof text === 'string') object[field] = parseAmount(text, field)
}
