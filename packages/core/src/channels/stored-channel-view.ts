import { Amount } from '../domain/amount.ts'
import type { ClosedChannel } from '../ports/lightning-node.ts'
import type { channels } from '../tables/channels.ts'
import type { RowOf } from '../tables/table.ts'
import type { Channel, ChannelState } from './channel-view.ts'

/** A channel as the books know it, in the state that it seems to have now. */
export function rowView(row: RowOf<typeof channels>, state: ChannelState): Channel {
  return {
    channelPoint: row.channel_point,
    channelId: row.channel_id,
    peer: row.peer,
    peerAlias: null,
    state,
    capacity: new Amount(row.capacity_msat),
    local: new Amount(row.local_msat),
    remote: new Amount(row.remote_msat),
    sendable: new Amount(0n),
    receivable: new Amount(0n),
    isInitiator: row.is_initiator,
    isPrivate: row.is_private,
    pendingHtlcs: 0,
    updateCount: row.update_count,
    memo: row.memo,
    closeType: row.close_type as Channel['closeType'],
    closedBy: row.closed_by as Channel['closedBy'],
    closeHeight: null,
    attribution: row.attribution as Channel['attribution'],
    ownership: (row.ownership ?? 'observe') as Channel['ownership'],
    noCloseBefore: row.no_close_before,
  }
}

/** The same with what LND says about its end. */
export function closedView(row: RowOf<typeof channels>, closed: ClosedChannel): Channel {
  const { closeType, closedBy, closeHeight = null } = closed
  return { ...rowView(row, 'closed'), closeType, closedBy, closeHeight }
}
