import type { Context, Identity } from '../context.ts'
import type { Write } from '../ports/storage.ts'
import { channelIntents } from '../tables/channel-intents.ts'
import { update } from '../tables/table.ts'
import type { Channel } from './channel-view.ts'

const prefix = 'payment-node/'

/** What LND keeps with the channel, so that it is found again after a lost reply. */
export function openingMemo(intent: string): string {
  return prefix + intent
}

/**
 * The intent that a channel which is new to the books came from. One that had failed is taken up again: a
 * call of a process that slept has opened it after all, from the coins it had chosen.
 */
export async function recognizeOpening(
  context: Context,
  identity: Identity,
  channel: Channel,
): Promise<{ readonly intent: string; readonly writes: readonly Write[] } | undefined> {
  if (!channel.memo?.startsWith(prefix)) return undefined
  const intent = channel.memo.slice(prefix.length)
  const row = await context.storage.get(channelIntents, [intent])
  if (row?.node !== identity.publicKey) return undefined
  if (row.state !== 'failed') return { intent, writes: [] }
  context.logger.warn('a channel was opened after its opening had been given up', {
    opening: intent,
    channelPoint: channel.channelPoint,
  })
  const set = {
    state: 'pending',
    reason: 'late',
    channel_point: channel.channelPoint,
    // What was reserved for it went back when it had failed.
    fee_limit_msat: 0n,
    since_height: context.live.info?.blockHeight ?? 0,
    updated_at: context.clock.now(),
  }
  return { intent, writes: [update(channelIntents, row, set)] }
}
