import type { Context, Identity, Leadership } from '../context.ts'
import { createMemory, tick } from '../keeper/tick.ts'
import { createBell } from './bell.ts'

/** Milliseconds: how often time alone is a reason to look, and what other processes wrote is seen. */
const poll = 5000
/** Milliseconds: several changes at once are one look. */
const calm = 250

/** Keeps the number of channels to peers of the list. Without a list there is nothing to keep. */
export async function keepChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const memory = createMemory()
  context.live.wakeKeeper = bell.ring
  try {
    while (!signal.aborted) {
      await tick(context, identity, leadership, memory, signal)
      await context.clock.sleep(calm, signal)
      await bell.wait(poll, signal)
    }
  } finally {
    context.live.wakeKeeper = () => undefined
  }
}
