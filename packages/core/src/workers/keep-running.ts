import { type Context, whenReady } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { LostLeadership } from '../record.ts'
import { doubtNode } from '../safety/compared.ts'

/** Milliseconds. */
const shortest = 100
const longest = 10_000

/**
 * Runs a worker again and again, while LND can be used where it `needsNode`, until `signal` aborts. A worker that fails is logged and started
 * again after a growing, random pause; one that worked for a while starts over with a short one.
 */
export async function keepRunning(
  context: Context,
  name: string,
  worker: () => Promise<void>,
  signal: AbortSignal,
  { needsNode = true }: { readonly needsNode?: boolean } = {},
): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    if (needsNode) await whenReady(context, signal)
    if (signal.aborted) return
    const startedAt = context.clock.monotonic()
    try {
      await worker()
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof LostLeadership)) {
        const fields = {
          worker: name,
          error: error instanceof Error ? error.message : String(error),
        }
        // LND going away is told once, by the connection; anything else is worth a look.
        if (PaymentNodeError.is(error, 'node.unavailable')) {
          doubtNode(context)
          context.logger.info('worker lost its connection', fields)
        } else context.logger.warn('worker stopped, it will be started again', fields)
      }
      context.live.checkConnection()
    }
    failures = context.clock.monotonic() - startedAt > longest ? 0 : failures + 1
    const ceiling = Math.min(longest, shortest * 2 ** Math.min(failures, 10))
    const [chance] = context.random.bytes(1)
    // Whole milliseconds: a clock made of sleeps must not show fractions, which no time column takes.
    const pause = Math.round(ceiling / 2 + (ceiling / 2) * (chance! / 255))
    await context.clock.sleep(pause, signal)
  }
}
