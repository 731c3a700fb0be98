import type { ClosedChannel } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readClosedChannel } from '../read-closed-channel.ts'

export const closedChannelsCall: Call<'/lnrpc.Lightning/ClosedChannels'> = {
  path: '/lnrpc.Lightning/ClosedChannels',
  uri: 'uri:/lnrpc.Lightning/ClosedChannels',
  roles: ['readonly', 'receive', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function closedChannels(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly ClosedChannel[]> {
  const { channels } = await connection.unary(closedChannelsCall, {}, { signal })
  return channels.map(readClosedChannel)
}
