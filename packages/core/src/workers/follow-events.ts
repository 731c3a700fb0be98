import type { Context } from '../context.ts'
import type { Cursor, StoredEvent } from '../ports/storage.ts'
import { createBell } from './bell.ts'

/** Milliseconds between looks when no hint comes. */
const poll = 500
const page = 500

/**
 * Shows each event of the log once, in order, to this process: live listeners and those who wait.
 * Reads the log rather than the commits, so that events of other processes are seen as well.
 */
export async function followEvents(
  context: Context,
  from: Cursor,
  show: (stored: StoredEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const unsubscribe = context.storage.onWake(bell.ring)
  let position = from
  try {
    while (!signal.aborted) {
      const events = await context.storage.events(position, page).catch((error: unknown) => {
        context.logger.warn('events cannot be read now', { error: String(error) })
        return []
      })
      for (const stored of events) {
        position = stored.cursor
        if (stored.node === context.live.identity?.publicKey) show(stored)
      }
      if (events.length < page) await bell.wait(poll, signal)
    }
  } finally {
    unsubscribe()
  }
}
