import type { StoredEvent } from '../ports/storage.ts'

/**
 * The bytes that are signed: the event as `events.after()` shows it. The envelope was fixed before its
 * commit, the cursor by it, so that every try and every replay has the same bytes.
 */
export function eventBody({ body, cursor }: Pick<StoredEvent, 'body' | 'cursor'>): string {
  return `${body.slice(0, -1)},"cursor":"${cursor}"}`
}
