import { type Context, identityOf } from '../context.ts'
import { invalid } from '../errors.ts'
import type { AnyEvent } from '../events.ts'
import { readLimit } from '../pages.ts'
import type { Cursor } from '../ports/storage.ts'
import { readObject } from '../read-input.ts'
import { readEvent } from './read-event.ts'

/**
 * Events after a cursor (`'0'` = from the beginning), oldest first: for reconciliation and replays.
 * The log misses nothing and never inserts before what was read; fewer than `limit` = the end.
 */
export async function eventsAfter(
  context: Context,
  cursor: string,
  options: { readonly limit?: number } = {},
): Promise<readonly AnyEvent[]> {
  readObject(options, 'options', ['limit'])
  const limit = readLimit(options.limit)
  const { publicKey } = identityOf(context)
  const events: AnyEvent[] = []
  let position = readPosition(cursor)
  for (;;) {
    const page = await context.storage.events(position, limit)
    for (const stored of page) {
      if (stored.node === publicKey) events.push(readEvent(stored))
      if (events.length === limit) return events
    }
    if (page.length < limit) return events
    position = page.at(-1)!.cursor
  }
}

function readPosition(value: unknown): Cursor {
  if (typeof value !== 'string')
    throw invalid('cursor', 'wrong-type', "expected an event's cursor, or '0'")
  if (!/^(0|[1-9][0-9]{0,17})$/.test(value))
    throw invalid('cursor', 'malformed', "is not an event's cursor, or '0'")
  return BigInt(value)
}
