import { pursueClose } from '../channels/pursue-close.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import { LostLeadership } from '../record.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import type { RowOf } from '../tables/table.ts'
import { createBell } from './bell.ts'

/** Milliseconds between looks, and after a step that failed. */
const poll = 5000
const patience = 10_000
const page = 1000

/** The last look at a close: what was asked for, and by the monotonic clock, not again before then. */
interface Looked {
  readonly wish: string
  until: number
}

/** A look that is under way. */
interface Running {
  readonly run: Promise<void>
  readonly stopping: AbortController
}

/** Follows every close that the operator asked for until the channel is gone; a slow one holds up no other. */
export async function closeChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const running = new Map<string, Running>()
  const looked = new Map<string, Looked>()
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  context.live.wakeCloses = bell.ring

  const follow = async (point: string, look: Looked, abort: AbortSignal): Promise<void> => {
    try {
      const pursuit = await pursueClose(context, identity, leadership, point, abort)
      if (pursuit.ended) looked.delete(point)
      else look.until = context.clock.monotonic() + pursuit.after
    } catch (error) {
      look.until = context.clock.monotonic() + patience
      if (error instanceof LostLeadership || abort.aborted) return
      context.logger.error('a close could not be taken further, it will be tried again', {
        channelPoint: point,
        error: error instanceof Error ? error.message : String(error),
      })
    } finally {
      running.delete(point)
      // Something else was asked for meanwhile.
      if (abort.aborted) bell.ring()
    }
  }

  try {
    while (!signal.aborted) {
      for await (const row of unfinished(context, identity)) {
        const point = row.channel_point
        const wish = JSON.stringify([row.is_force, row.sat_per_vbyte, row.is_replaced])
        const before = looked.get(point)
        const isNew = before?.wish !== wish
        // A peer may never answer: a call that waits for it does not keep the operator from forcing.
        if (isNew) running.get(point)?.stopping.abort()
        const isDue = isNew || before.until <= context.clock.monotonic()
        if (!isDue || running.has(point)) continue
        const look: Looked = { wish, until: Number.POSITIVE_INFINITY }
        looked.set(point, look)
        const stopping = new AbortController()
        const run = follow(point, look, AbortSignal.any([ended, stopping.signal]))
        running.set(point, { run, stopping })
      }
      await bell.wait(poll, signal)
    }
  } finally {
    context.live.wakeCloses = () => undefined
    ending.abort()
    await Promise.all([...running.values()].map(({ run }) => run))
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
