import { type Diagnosis, PaymentNodeError } from '@payment-node/core'
import { exportChannelBackups, exportChannelBackupsCall } from '../calls/export-channel-backups.ts'
import { listChannels } from '../calls/list-channels.ts'
import { verifyChannelBackup } from '../calls/verify-channel-backup.ts'
import type { Connection } from '../connection.ts'
import { callsOf } from '../macaroon-permissions.ts'
import { failed, failedBy, ok, warning } from './entry.ts'

/**
 * `backups`: whether LND's own static channel backup covers every channel and can be restored. Left
 * out when none of the wanted roles may read backups.
 */
export async function checkBackups(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<readonly Diagnosis[]> {
  if (!callsOf(connection.options.roles).includes(exportChannelBackupsCall)) return []
  try {
    // In this order: a channel that opens in between is covered and not listed, never the reverse.
    const channels = await listChannels(connection, signal)
    const backup = await exportChannelBackups(connection, signal)
    if (backup.channelPoints.length === 0 && channels.length === 0) {
      return [ok('backups', 'There are no channels to back up.')]
    }
    const restorable = await verifyChannelBackup(connection, backup.bytes, signal)
    const missing = channels.filter(({ channelPoint }) => !restorable.includes(channelPoint))
    return [missing.length === 0 ? covered(channels.length) : uncovered(missing)]
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.macaroon-rejected')) return [failedBy('backups', error)]
    return [warning('backups', 'The channel backup could not be checked.', error.advice)]
  }
}

function covered(count: number): Diagnosis {
  return ok('backups', `The channel backup covers all ${count} channels and can be restored.`)
}

function uncovered(missing: readonly { channelPoint: string }[]): Diagnosis {
  const points = missing.map(({ channelPoint }) => channelPoint).join(', ')
  return failed(
    'backups',
    `The channel backup does not cover ${points}.`,
    "Look at LND's log and disk; do not shut the node down for good before it does.",
  )
}
