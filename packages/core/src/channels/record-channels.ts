import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { newEvent } from '../events/new-event.ts'
import type { ClosedChannel } from '../ports/lightning-node.ts'
import { record } from '../record.ts'
import { channels } from '../tables/channels.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import type { Channel, ChannelState } from './channel-view.ts'
import { openChannelView, pendingChannelView } from './list-channels.ts'

type ChannelRow = RowOf<typeof channels>

/**
 * Compares LND's lists with what was last stored; each difference is one change with its event. The
 * update counts are stored on every change: a count that is ever lower than ours shows that LND came
 * back with an old state.
 */
export async function recordChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
): Promise<void> {
  const at = context.clock.monotonic()
  // In this order, a channel that moves on meanwhile is seen at least once.
  const pending = await context.lightning.listPendingChannels()
  const open = await context.lightning.listChannels()
  const closed = await context.lightning.listClosedChannels()
  context.live.channels = { at, list: open }
  const stored = await readStored(context, identity)
  const seen = new Map<string, Channel>()
  for (const channel of closed) {
    const known = stored.get(channel.channelPoint)
    // Closes from before the first start are history, not news.
    if (known) seen.set(channel.channelPoint, closedView(known, channel))
  }
  for (const channel of pending) seen.set(channel.channelPoint, pendingChannelView(channel))
  for (const channel of open) seen.set(channel.channelPoint, openChannelView(channel))
  for (const [point, row] of stored) {
    // In no list: LND ≥ 0.21 shows a closing channel nowhere for a few blocks.
    if (!seen.has(point) && row.state !== 'closed') seen.set(point, rowView(row, 'closing'))
  }
  for (const [point, channel] of seen)
    await recordOne(context, identity, leadership, stored.get(point), channel)
}

/** A close as its event tells it: earlier than the list of closed channels, and only once. */
export async function recordClose(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  closed: ClosedChannel,
): Promise<void> {
  const row = await context.storage.get(channels, [identity.publicKey, closed.channelPoint])
  if (!row || row.state === 'closed') return
  const view = { ...closedView(row, closed), state: 'closing' as const }
  await recordOne(context, identity, leadership, row, view)
}

async function recordOne(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  row: ChannelRow | undefined,
  channel: Channel,
): Promise<void> {
  const now = context.clock.now()
  const seen = columns(channel, row)
  if (row && isSame(row, seen)) return
  if (row && channel.updateCount < row.update_count && isOpen(channel)) {
    context.logger.error('LND shows an older channel state than the books know', {
      channelPoint: channel.channelPoint,
      known: row.update_count,
      shown: channel.updateCount,
    })
  }
  const view = {
    ...channel,
    closeType: seen.close_type as Channel['closeType'],
    closedBy: seen.closed_by as Channel['closedBy'],
  }
  const write = row
    ? update(channels, row, { ...seen, updated_at: now })
    : insert(channels, {
        ...rowBase(identity),
        ...seen,
        channel_point: channel.channelPoint,
        is_initiator: channel.isInitiator,
        is_private: channel.isPrivate,
        memo: channel.memo,
        first_seen_at: now,
        updated_at: now,
      })
  const subject = `channel/${channel.channelPoint}`
  const events =
    row?.state === channel.state
      ? []
      : [newEvent(context, identity, `channel.${channel.state}`, subject, { channel: view })]
  // The next comparison finds the same again, so a lost reply needs no recognition.
  await record(context, { writes: [write], events, fence: leadership.fence }, async () => true)
}

/** What may change. Pending lists carry no count and no close type: what is known stays. */
function columns(channel: Channel, row: ChannelRow | undefined) {
  const known = row?.update_count ?? 0
  return {
    state: channel.state,
    peer: channel.peer,
    capacity_msat: channel.capacity.msat,
    local_msat: channel.local.msat,
    remote_msat: channel.remote.msat,
    // Never lowered: a lower count is the sign of an LND that came back with an old state.
    update_count: isOpen(channel) ? Math.max(channel.updateCount, known) : known,
    close_type: channel.closeType ?? row?.close_type ?? null,
    closed_by: channel.closedBy ?? row?.closed_by ?? null,
  }
}

function isOpen(channel: Channel): boolean {
  return channel.state === 'active' || channel.state === 'inactive'
}

function isSame(row: ChannelRow, seen: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(seen).every(
    ([name, value]) => (row as Record<string, unknown>)[name] === value,
  )
}

async function readStored(context: Context, identity: Identity): Promise<Map<string, ChannelRow>> {
  const stored = new Map<string, ChannelRow>()
  let after: string[] | undefined
  for (;;) {
    const rows = await context.storage.find(channels, {
      index: 'key',
      equals: [identity.publicKey],
      limit: 1000,
      ...(after && { after }),
    })
    for (const row of rows) stored.set(row.channel_point, row)
    if (rows.length < 1000) return stored
    after = [rows.at(-1)!.channel_point]
  }
}

function rowView(row: ChannelRow, state: ChannelState): Channel {
  return {
    channelPoint: row.channel_point,
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
  }
}

function closedView(row: ChannelRow, closed: ClosedChannel): Channel {
  return { ...rowView(row, 'closed'), closeType: closed.closeType, closedBy: closed.closedBy }
}
