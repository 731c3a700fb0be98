import { type Context, type Identity, newId } from '../context.ts'
import type { EventType, PaymentNodeEvents } from '../events.ts'
import type { NewEvent } from '../ports/storage.ts'

/** Fixes an event's bytes, so that they are the same on every read and can be signed. */
export function newEvent<T extends EventType>(
  context: Context,
  identity: Identity,
  type: T,
  subject: string,
  data: PaymentNodeEvents[T],
): NewEvent {
  const id = `evt_${newId(context)}`
  const occurredAt = context.clock.now()
  const body = JSON.stringify({ id, type, version: 1, occurredAt, data })
  return { id, type, version: 1, node: identity.publicKey, subject, occurredAt, body }
}
