import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readOneOf } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { update } from '../tables/table.ts'
import type { Channel, ChannelOwnership, ChannelState } from './channel-view.ts'
import { readChannelPoint } from './read-channel-point.ts'
import { rowView } from './stored-channel-view.ts'

/**
 * Says what may be done with a channel: `ours` is kept, drained and given routing fees, `observe` is counted
 * only, `never` is as if it were not there. What this library did not open is `observe` until adopted.
 * Repeating the call changes nothing.
 */
export async function adoptChannel(
  context: Context,
  channelPoint: string,
  ownership: ChannelOwnership,
): Promise<Channel> {
  const point = readChannelPoint(channelPoint)
  const wanted = readOneOf(ownership, 'ownership', ['ours', 'observe', 'never'])
  const identity = identityOf(context)
  const key = [identity.publicKey, point]
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(channels, key)
    if (!row) {
      throw new PaymentNodeError(
        'channel.not-found',
        `The books have no channel ${point}.`,
        { channelPoint: point },
        { advice: 'A channel is in the books some seconds after LND lists it.' },
      )
    }
    const channel = rowView({ ...row, ownership: wanted }, row.state as ChannelState)
    if ((row.ownership ?? 'observe') === wanted) return channel
    const change = {
      writes: [update(channels, row, { ownership: wanted, updated_at: context.clock.now() })],
      events: [newEvent(context, identity, 'channel.adopted', `channel/${point}`, { channel })],
    }
    const refused = await record(context, change, async () => {
      return (await context.storage.get(channels, key))?.ownership === wanted
    })
    if (!refused) return channel
  }
  throw tooContended('channels.adopt')
}
