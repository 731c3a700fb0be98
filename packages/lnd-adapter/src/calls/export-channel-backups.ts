import type { ChannelBackup } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readChannelBackup } from '../read-channel-backup.ts'

export const exportChannelBackupsCall: Call<'/lnrpc.Lightning/ExportAllChannelBackups'> = {
  path: '/lnrpc.Lightning/ExportAllChannelBackups',
  uri: 'uri:/lnrpc.Lightning/ExportAllChannelBackups',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function exportChannelBackups(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<ChannelBackup> {
  return readChannelBackup(await connection.unary(exportChannelBackupsCall, {}, { signal }))
}
