import { livingOpenings } from '../channels/mark-opening.ts'
import { pursueOpening } from '../channels/pursue-opening.ts'
import type { Context, Identity, Leadership } from '../context.ts'
import { LostLeadership } from '../record.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import { createBell } from './bell.ts'

/** Milliseconds: LND tells of new channels by hints, of coins and blocks not at all. */
const poll = 5000

/** Follows every opening that has not come to its end; a peer that is silent for minutes holds up no other. */
export async function openChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const bell = createBell(context.clock)
  const running = new Map<string, Promise<void>>()
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  context.live.wakeChannels = bell.ring

  const follow = async (id: string): Promise<void> => {
    try {
      await pursueOpening(context, identity, leadership, id, ended)
    } catch (error) {
      if (error instanceof LostLeadership || ended.aborted) return
      context.logger.error('an opening could not be taken further, it will be tried again', {
        opening: id,
        error: error instanceof Error ? error.message : String(error),
      })
    } finally {
      running.delete(id)
    }
  }

  try {
    while (!signal.aborted) {
      for (const id of await living(context, identity)) {
        if (!running.has(id)) running.set(id, follow(id))
      }
      await bell.wait(poll, signal)
    }
  } finally {
    context.live.wakeChannels = () => undefined
    ending.abort()
    await Promise.all(running.values())
  }
}

async function living(context: Context, { publicKey }: Identity): Promise<string[]> {
  const pages = await Promise.all(
    livingOpenings.map((state) =>
      context.storage.find(channelIntents, {
        index: 'state',
        equals: [publicKey, state],
        limit: 1000,
      }),
    ),
  )
  return pages.flat().map(({ id }) => id)
}
