import type { ChannelBackup } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readChannelBackup } from '../read-channel-backup.ts'
import { endedByLnd, readStream } from '../read-stream.ts'

export const subscribeChannelBackupsCall: Call<'/lnrpc.Lightning/SubscribeChannelBackups'> = {
  path: '/lnrpc.Lightning/SubscribeChannelBackups',
  uri: 'uri:/lnrpc.Lightning/SubscribeChannelBackups',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** Each backup covers all channels, so of several that have arrived only the newest counts. */
export async function* subscribeChannelBackups(
  connection: Connection,
  signal: AbortSignal,
): AsyncGenerator<ChannelBackup, void, undefined> {
  const reading = { signal, beside: 'streams' } as const
  for await (const batch of readStream(connection, subscribeChannelBackupsCall, {}, reading)) {
    yield readChannelBackup(batch.at(-1)!)
  }
  if (!signal.aborted) throw endedByLnd(subscribeChannelBackupsCall)
}
