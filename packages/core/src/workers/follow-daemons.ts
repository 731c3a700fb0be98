import type { Context, Identity, Leadership } from '../context.ts'
import { followDelegated } from '../swaps/delegated/follow-delegated.ts'
import { keepRunning } from './keep-running.ts'

/** Looks after the swaps that daemons make; one that does not answer holds up no other. */
export async function followDaemons(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const { providers } = context.settings.swapping
  const pursuit = { context, identity, leadership, signal }
  await Promise.all(
    providers.flatMap((provider) =>
      provider.custody === 'delegated'
        ? [
            keepRunning(
              context,
              `swaps of ${provider.name}`,
              () => followDelegated(pursuit, provider),
              signal,
            ),
          ]
        : [],
    ),
  )
}
