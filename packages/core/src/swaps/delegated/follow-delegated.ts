import type { Context } from '../../context.ts'
import type { DelegatedSwapProvider } from '../../ports/swap-provider.ts'
import { LostLeadership } from '../../record.ts'
import type { Pursuit } from '../../transactions/mark-transaction.ts'
import { type Bell, createBell } from '../../workers/bell.ts'
import { livingDelegatedSwaps } from './living-delegated.ts'
import { pursueDelegated } from './pursue-delegated.ts'

/** Milliseconds between looks for new swaps in the books. */
const poll = 5000

/** Milliseconds between looks at the daemon's list, whether or not its stream says anything. */
const pollDaemon = 30_000

/** Milliseconds before a stream that broke is opened again. */
const reopenAfter = 10_000

/** Looks after all swaps of one daemon, one at a time. Ends when the pursuit's signal aborts. */
export async function followDelegated(
  { signal, ...rest }: Pursuit,
  provider: DelegatedSwapProvider,
): Promise<void> {
  const { context, identity } = rest
  const { clock, logger } = context
  const bell = createBell(clock)
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const pursuit = { ...rest, signal: ended }
  const looked = new Map<string, number>()
  const watching = listen(context, provider, bell, ended, () => looked.clear())
  try {
    while (!ended.aborted) {
      const living = await livingDelegatedSwaps(context, identity)
      for (const { id, provider: name, reason } of living) {
        // The daemon has ended it and says no more: LND ends the payment in a moment.
        const every = reason === 'payment-open' ? poll : pollDaemon
        const isDue = clock.monotonic() - (looked.get(id) ?? -Infinity) >= every
        if (ended.aborted || name !== provider.name || !isDue) continue
        looked.set(id, clock.monotonic())
        try {
          await pursueDelegated(pursuit, id, provider)
        } catch (error) {
          if (error instanceof LostLeadership || ended.aborted) return
          logger.warn('a swap of a daemon could not be taken further, it is tried again', {
            swap: id,
            error: error instanceof Error ? error.message : String(error),
          })
        }
      }
      await bell.wait(poll, ended)
    }
  } finally {
    ending.abort()
    await watching
  }
}

/** The daemon's stream only says when to look: what it reports is asked for. */
async function listen(
  { clock, logger }: Context,
  provider: DelegatedSwapProvider,
  bell: Bell,
  signal: AbortSignal,
  changed: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const _ of provider.watch(signal)) {
        changed()
        bell.ring()
      }
    } catch (error) {
      if (signal.aborted) return
      logger.debug('the stream of a swap daemon broke off', { error: String(error) })
    }
    await clock.sleep(reopenAfter, signal)
  }
}
