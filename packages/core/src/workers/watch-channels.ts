import { recordChannels, recordClose } from '../channels/record-channels.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import { createBell } from './bell.ts'

/** Milliseconds: bursts of hints (several per payment) become one comparison. */
const calm = 1000
/** Without any hint, e.g. when one was dropped. */
const patience = 30_000

/** Keeps the books' picture of the channels up to date. */
export async function watchChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const comparing = (async () => {
    while (!ended.aborted) {
      await bell.wait(patience, ended)
      if (ended.aborted) return
      await recordChannels(context, identity, leadership)
      await context.clock.sleep(calm, ended)
    }
  })()
  const listening = (async () => {
    for await (const hint of context.lightning.watchChannels(ended)) {
      if (hint.kind === 'closed') await recordClose(context, identity, leadership, hint.channel)
      bell.ring()
    }
  })()
  try {
    await Promise.race([comparing, listening])
  } finally {
    ending.abort()
    await Promise.allSettled([comparing, listening])
  }
}
