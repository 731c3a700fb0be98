import { PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readChannelPointRequest } from '../read-outpoint.ts'
import { listChannelsCall } from './list-channels.ts'
import { pendingChannelsCall } from './pending-channels.ts'

export const abandonChannelCall: Call<'/lnrpc.Lightning/AbandonChannel'> = {
  path: '/lnrpc.Lightning/AbandonChannel',
  uri: 'uri:/lnrpc.Lightning/AbandonChannel',
  roles: ['channels'],
  effect: 'write',
  otherRefusals: 'unknown',
}

/**
 * LND forgets any channel when it is told to, also an open one with its money. So this asks first, and
 * only tells it for a channel that is opening and, as far as LND says (0.21), in no block.
 */
export async function abandonChannel(
  connection: Connection,
  channelPoint: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const point = readChannelPointRequest(channelPoint)
  const [{ channels }, pending] = await Promise.all([
    connection.unary(listChannelsCall, {}, { signal }),
    connection.unary(pendingChannelsCall, {}, { signal }),
  ])
  const opening = pending.pending_open_channels.find(
    ({ channel }) => channel?.channel_point === channelPoint,
  )
  const others = [
    ...channels,
    ...pending.waiting_close_channels.map(({ channel }) => channel),
    ...pending.pending_force_closing_channels.map(({ channel }) => channel),
  ]
  if (others.some((channel) => channel?.channel_point === channelPoint)) {
    throw refusal(`${channelPoint} is not opening: its money would be lost.`)
  }
  if (!opening) return
  if (opening.confirmation_height > 0) {
    throw refusal(`The funding of ${channelPoint} is in a block: its money would be lost.`)
  }
  const request = { channel_point: point, i_know_what_i_am_doing: true }
  await connection.unary(abandonChannelCall, request, { signal })
}

function refusal(says: string): PaymentNodeError<'node.refused'> {
  return new PaymentNodeError(
    'node.refused',
    says,
    { call: abandonChannelCall.path, reason: 'channel-state' },
    { advice: 'Close the channel instead.' },
  )
}
