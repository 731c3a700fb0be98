import { type ClosePursuit, pursueClose } from '../channels/pursue-close.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import { LostLeadership } from '../record.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import type { RowOf } from '../tables/table.ts'

/** Milliseconds between looks, and after a step that failed. */
const poll = 1000
const patience = 10_000
const page = 1000

/** Follows every close that the operator asked for until the channel is gone. */
export async function closeChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  /** Channel point → the request that was looked at, and by the monotonic clock, not before then. */
  let waiting = new Map<string, { readonly request: string; readonly until: number }>()
  while (!signal.aborted) {
    const still: typeof waiting = new Map()
    for await (const { channel_point: point, ...row } of unfinished(context, identity)) {
      const request = JSON.stringify([row.is_force, row.sat_per_vbyte, row.is_replaced])
      const known = waiting.get(point)
      const now = context.clock.monotonic()
      // What the operator asks for differently is looked at again at once.
      if (known && known.request === request && known.until > now) {
        still.set(point, known)
        continue
      }
      const pursuit = await pursue(context, identity, leadership, point, signal)
      if (signal.aborted) return
      if (!pursuit.ended) still.set(point, { request, until: now + pursuit.after })
    }
    waiting = still
    await context.clock.sleep(poll, signal)
  }
}

/** One that fails does not hold up the others. */
async function pursue(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  point: string,
  signal: AbortSignal,
): Promise<ClosePursuit> {
  try {
    return await pursueClose(context, identity, leadership, point, signal)
  } catch (error) {
    if (error instanceof LostLeadership || signal.aborted) throw error
    context.logger.error('a close could not be taken further, it will be tried again', {
      channelPoint: point,
      error: error instanceof Error ? error.message : String(error),
    })
    return { ended: false, after: patience }
  }
}

async function* unfinished(
  context: Context,
  { publicKey }: Identity,
): AsyncGenerator<RowOf<typeof closeIntents>> {
  for (const state of ['intended', 'closing']) {
    let after: string[] | undefined
    for (;;) {
      const query = { index: 'state', equals: [publicKey, state], limit: page }
      const rows = await context.storage.find(closeIntents, { ...query, ...(after && { after }) })
      yield* rows
      if (rows.length < page) break
      after = [rows.at(-1)!.channel_point]
    }
  }
}
