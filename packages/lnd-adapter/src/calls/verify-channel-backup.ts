import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'

export const verifyChannelBackupCall: Call<'/lnrpc.Lightning/VerifyChanBackup'> = {
  path: '/lnrpc.Lightning/VerifyChanBackup',
  uri: 'uri:/lnrpc.Lightning/VerifyChanBackup',
  roles: ['readonly', 'channels'],
  effect: 'read',
  otherRefusals: 'refused',
}

/** The channel points that this node could restore from the backup; throws `node.refused`. */
export async function verifyChannelBackup(
  connection: Connection,
  backup: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const request = { multi_chan_backup: { multi_chan_backup: backup } }
  return (await connection.unary(verifyChannelBackupCall, request, { signal })).chan_points
}
