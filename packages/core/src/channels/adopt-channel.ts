import { type Context, identityOf } from '../context.ts'
import { PaymentNodeError } from '../errors.ts'
import { newEvent } from '../events/new-event.ts'
import { readInteger, readObject, readOneOf } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { update } from '../tables/table.ts'
import type { Channel, ChannelOwnership, ChannelState } from './channel-view.ts'
import { readChannelPoint } from './read-channel-point.ts'
import { rowView } from './stored-channel-view.ts'

/** What was promised about a channel. */
export interface AdoptOptions {
  /**
   * Milliseconds since 1970: before it the autopilot does not close the channel, because somebody relies on it (a
   * lease that was sold or bought). Null takes the promise back. Default: as it was.
   */
  readonly noCloseBefore?: number | null
}

/**
 * Says what may be done with a channel: `ours` is kept, drained and given routing fees, `observe` is counted
 * only, `never` is as if it were not there. What this library did not open is `observe` until adopted.
 * Repeating the call changes nothing.
 */
export async function adoptChannel(
  context: Context,
  channelPoint: string,
  ownership: ChannelOwnership,
  options: AdoptOptions = {},
): Promise<Channel> {
  const point = readChannelPoint(channelPoint)
  const wanted = readOneOf(ownership, 'ownership', ['ours', 'observe', 'never'])
  const promised = readPromise(options)
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
    const no_close_before = promised === undefined ? row.no_close_before : promised
    const set = { ownership: wanted, no_close_before }
    const channel = rowView({ ...row, ...set }, row.state as ChannelState)
    const isSame = (now: Pick<typeof row, 'ownership' | 'no_close_before'> | undefined): boolean =>
      now !== undefined &&
      (now.ownership ?? 'observe') === wanted &&
      (now.no_close_before ?? null) === (no_close_before ?? null)
    if (isSame(row)) return channel
    const change = {
      writes: [update(channels, row, { ...set, updated_at: context.clock.now() })],
      events: [newEvent(context, identity, 'channel.adopted', `channel/${point}`, { channel })],
    }
    const refused = await record(context, change, async () => {
      return isSame(await context.storage.get(channels, key))
    })
    if (!refused) return channel
  }
  throw tooContended('channels.adopt')
}

/** Undefined: nothing is said about it. */
function readPromise(options: AdoptOptions): number | null | undefined {
  const { noCloseBefore } = readObject(options, 'options', ['noCloseBefore'])
  if (noCloseBefore === undefined || noCloseBefore === null) return noCloseBefore
  const rule = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
  return readInteger(noCloseBefore, 'noCloseBefore', rule)
}
