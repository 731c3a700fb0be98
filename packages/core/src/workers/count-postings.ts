import type { Context, Identity, Leadership } from '../context.ts'
import { advanceCheckpoints } from '../ledger/advance-checkpoints.ts'

/** Milliseconds between looks. What is booked in between is read one by one. */
const every = 60_000

/** Keeps the checkpoints of the ledger's accounts close behind what is booked. */
export async function countPostings(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await advanceCheckpoints(context, identity, leadership, signal)
    await context.clock.sleep(every, signal)
  }
}
