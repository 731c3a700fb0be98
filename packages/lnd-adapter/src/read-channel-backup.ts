import type { ChannelBackup } from '@payment-node/core'
import type { ChanBackupSnapshot } from './generated/messages.ts'
import { readChannelPoint } from './read-channel-point.ts'

/** One encrypted backup of all channels. */
export function readChannelBackup({ multi_chan_backup }: ChanBackupSnapshot): ChannelBackup {
  return {
    bytes: multi_chan_backup?.multi_chan_backup ?? new Uint8Array(),
    channelPoints: (multi_chan_backup?.chan_points ?? []).map(readChannelPoint),
  }
}
