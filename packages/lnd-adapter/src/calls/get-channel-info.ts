import { PaymentNodeError } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { ChannelEdge } from '../generated/messages.ts'

export const getChannelInfoCall: Call<'/lnrpc.Lightning/GetChanInfo'> = {
  path: '/lnrpc.Lightning/GetChanInfo',
  uri: 'uri:/lnrpc.Lightning/GetChanInfo',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** A channel of the graph, also one that is not announced; undefined when the graph has none. */
export async function channelInfo(
  connection: Connection,
  channelPoint: string,
  signal: AbortSignal | undefined,
): Promise<ChannelEdge | undefined> {
  try {
    return await connection.unary(getChannelInfoCall, { chan_point: channelPoint }, { signal })
  } catch (error) {
    const isUnknown =
      PaymentNodeError.is(error, 'node.refused') && error.details.reason === 'channel-not-found'
    if (isUnknown) return undefined
    throw error
  }
}
