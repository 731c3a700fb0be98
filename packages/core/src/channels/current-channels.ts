import type { Context } from '../context.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'

const reads = new WeakMap<object, Promise<readonly NodeChannel[]>>()

/**
 * LND's channels, read again when what is known is older than `maximumAge` milliseconds. Callers at
 * the same time share one call, so that a burst of invoices costs LND one read.
 */
export async function currentChannels(
  context: Context,
  maximumAge: number,
): Promise<readonly NodeChannel[]> {
  const known = context.live.channels
  if (known && context.clock.monotonic() - known.at <= maximumAge) return known.list
  const running = reads.get(context.live)
  if (running) return running
  const read = readNow(context).finally(() => reads.delete(context.live))
  reads.set(context.live, read)
  return read
}

async function readNow(context: Context): Promise<readonly NodeChannel[]> {
  // The time before the call: what arrived meanwhile may not be in the answer.
  const at = context.clock.monotonic()
  const list = await context.lightning.listChannels()
  context.live.channels = { at, list }
  return list
}
