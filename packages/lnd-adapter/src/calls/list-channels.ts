import type { NodeChannel } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readChannel } from '../read-channel.ts'

export const listChannelsCall: Call<'/lnrpc.Lightning/ListChannels'> = {
  path: '/lnrpc.Lightning/ListChannels',
  uri: 'uri:/lnrpc.Lightning/ListChannels',
  roles: ['readonly', 'receive', 'pay', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function listChannels(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly NodeChannel[]> {
  const request = { peer_alias_lookup: true }
  const { channels } = await connection.unary(listChannelsCall, request, { signal })
  return channels.map(readChannel)
}
