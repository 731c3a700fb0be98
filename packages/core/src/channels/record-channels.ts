import { type Context, type Identity, type Leadership, rowBase } from '../context.ts'
import { underWayMsat } from '../domain/channel.ts'
import { newEvent } from '../events/new-event.ts'
import type { ClosedChannel, NodeChannel } from '../ports/lightning-node.ts'
import type { Refused } from '../ports/storage.ts'
import { maximumDecisions, record } from '../record.ts'
import { confirmNode } from '../safety/confirm-node.ts'
import { haltForDifferences } from '../safety/halt-for-differences.ts'
import { channelOlder } from '../safety/new-difference.ts'
import { channels } from '../tables/channels.ts'
import { insert, type RowOf, update } from '../tables/table.ts'
import type { Channel } from './channel-view.ts'
import { costJob } from './close-cost-job.ts'
import { judgeClose } from './judge-close.ts'
import { openChannelView, pendingChannelView } from './list-channels.ts'
import { recognizeOpening } from './recognize-opening.ts'
import { closedView, rowView } from './stored-channel-view.ts'

type ChannelRow = RowOf<typeof channels>

/**
 * Compares LND's lists with what was last stored; each difference is one change with its event. The
 * update counts are stored on every change: a count that is ever lower than ours shows that LND came
 * back with an old state, and halts outgoing money (money rule 15). What has ended is not read again, however much there is of it.
 */
export async function recordChannels(
  context: Context,
  identity: Identity,
  leadership: Leadership,
): Promise<void> {
  const at = context.clock.monotonic()
  // What is stored first: LND's counts only grow meanwhile.
  const stored = await readLiving(context, identity)
  // In this order, a channel that moves on meanwhile is seen at least once.
  const pending = await context.lightning.listPendingChannels()
  const open = await context.lightning.listChannels()
  context.live.channels = { at, list: open }
  await haltWhenOlder(context, identity, leadership, stored, open)
  const seen = new Map<string, Channel>()
  for (const channel of pending) seen.set(channel.channelPoint, pendingChannelView(channel))
  for (const channel of open) seen.set(channel.channelPoint, openChannelView(channel))
  if ([...stored.keys()].some((point) => !seen.has(point))) {
    for (const channel of await context.lightning.listClosedChannels()) {
      const known = stored.get(channel.channelPoint)
      // Closes from before the first start are history, not news.
      if (known && !seen.has(channel.channelPoint)) {
        seen.set(channel.channelPoint, closedView(known, channel))
      }
    }
  }
  for (const [point, row] of stored) {
    // In no list: LND ≥ 0.21 shows a closing channel nowhere for a few blocks.
    if (!seen.has(point)) seen.set(point, rowView(row, 'closing'))
  }
  const underWay = new Map(open.map((channel) => [channel.channelPoint, underWayMsat(channel)]))
  for (const [point, channel] of seen)
    await recordOne(context, identity, leadership, stored.get(point), channel, underWay.get(point))
  const { comparedAt, readySince } = context.live
  context.live.comparedAt = at
  // Since LND came back, the keeper waits for this.
  if ((comparedAt ?? -1) < (readySince ?? 0)) context.live.wakeKeeper()
}

/** A close as its event tells it: earlier than the list of closed channels, and only once. */
export async function recordClose(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  closed: ClosedChannel,
): Promise<void> {
  // A comparison at the same time may be first; the event does not come again.
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await context.storage.get(channels, [identity.publicKey, closed.channelPoint])
    if (!row || row.state === 'closed') return
    const view = { ...closedView(row, closed), state: 'closing' as const }
    if (!(await recordOne(context, identity, leadership, row, view))) return
  }
}

async function recordOne(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  living: ChannelRow | undefined,
  channel: Channel,
  paymentsMsat?: bigint,
): Promise<Refused | undefined> {
  const key = [identity.publicKey, channel.channelPoint]
  // A reorganization can bring back what had ended.
  const row = living ?? (await context.storage.get(channels, key))
  const now = context.clock.now()
  const seen = columns(channel, row, now, paymentsMsat)
  if (row && isSame(row, seen)) return undefined
  const opening = row ? undefined : await recognizeOpening(context, identity, channel)
  const isNewClose = seen.close_type !== null && (row?.attribution ?? null) === null
  const judgement = isNewClose ? await judgeClose(context, identity, channel, row) : undefined
  const fields = {
    ...seen,
    ...(judgement && { attribution: judgement.attribution }),
    updated_at: now,
  }
  const write = row
    ? update(channels, row, fields)
    : insert(channels, {
        ...rowBase(identity),
        ...fields,
        channel_point: channel.channelPoint,
        is_initiator: channel.isInitiator,
        memo: channel.memo,
        ownership: opening ? 'ours' : 'observe',
        intent: opening?.intent ?? null,
        no_close_before: null,
        first_seen_at: now,
      })
  const stored = {
    ...channel,
    channelId: seen.channel_id,
    closeType: seen.close_type as Channel['closeType'],
    closedBy: seen.closed_by as Channel['closedBy'],
    attribution: (judgement?.attribution ?? seen.attribution) as Channel['attribution'],
    ownership: row ? (row.ownership ?? 'observe') : opening ? 'ours' : 'observe',
    noCloseBefore: row?.no_close_before ?? null,
  } as Channel
  const subject = `channel/${channel.channelPoint}`
  const events = [
    ...(row?.state === channel.state
      ? []
      : [newEvent(context, identity, `channel.${channel.state}`, subject, { channel: stored })]),
    ...(judgement?.events ?? []),
  ]
  const writes = [
    write,
    ...(opening?.writes ?? []),
    ...(judgement?.writes ?? []),
    ...(channel.state === 'closed' ? await costJob(context, identity, channel.channelPoint) : []),
  ]
  // The next comparison finds the same again, so a lost reply needs no recognition.
  const change = { writes, events, fence: leadership.fence }
  const refused = await record(context, change, async () => true)
  if (!refused && events.length > 0) context.live.wakeKeeper()
  return refused
}

async function haltWhenOlder(
  context: Context,
  identity: Identity,
  leadership: Leadership,
  stored: ReadonlyMap<string, ChannelRow>,
  open: readonly NodeChannel[],
): Promise<void> {
  const rows = open.flatMap(({ channelPoint, updateCount }) => {
    const knownUpdates = stored.get(channelPoint)?.update_count ?? 0
    const shownUpdates = Number(updateCount)
    if (shownUpdates >= knownUpdates) return []
    return [channelOlder({ channelPoint, knownUpdates, shownUpdates })]
  })
  if (rows.length === 0) return
  // The other end of a channel has it, too.
  await confirmNode(context, identity)
  const found = { cause: 'node-behind', reasons: ['channels-older'], rows } as const
  await haltForDifferences(context, identity, found, leadership.fence)
}

/**
 * What may change. Pending lists carry no count, no close type and do not say who may know of it: what is
 * known stays. A channel that a reorganization brought back was not closed: its next close is judged anew.
 */
function columns(
  channel: Channel,
  row: ChannelRow | undefined,
  now: number,
  paymentsMsat: bigint | undefined,
) {
  const known = row?.update_count ?? 0
  const isStill = row?.local_msat === channel.local.msat && row.remote_msat === channel.remote.msat
  const isEnding = channel.state === 'closing' || channel.state === 'closed'
  return {
    state: channel.state,
    peer: channel.peer,
    capacity_msat: channel.capacity.msat,
    local_msat: channel.local.msat,
    remote_msat: channel.remote.msat,
    under_way_msat: paymentsMsat ?? (isStill ? row.under_way_msat : null),
    // Never lowered: a lower count is the sign of an LND that came back with an old state.
    update_count: isOpen(channel) ? Math.max(channel.updateCount, known) : known,
    is_private: isOpen(channel) ? channel.isPrivate : (row?.is_private ?? channel.isPrivate),
    close_type: isEnding ? (channel.closeType ?? row?.close_type ?? null) : null,
    closed_by: isEnding ? (channel.closedBy ?? row?.closed_by ?? null) : null,
    attribution: isEnding ? (row?.attribution ?? null) : null,
    channel_id: channel.channelId ?? row?.channel_id ?? null,
    inactive_since: channel.state === 'active' ? null : (row?.inactive_since ?? now),
    closed_at: channel.state === 'closed' ? (row?.closed_at ?? now) : null,
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

/** Every channel that has not ended, by its funding outpoint. */
export async function readLiving(
  context: Context,
  identity: Identity,
): Promise<Map<string, ChannelRow>> {
  const stored = new Map<string, ChannelRow>()
  for (const state of ['opening', 'active', 'inactive', 'closing']) {
    let after: string[] | undefined
    for (;;) {
      const rows = await context.storage.find(channels, {
        index: 'state',
        equals: [identity.publicKey, state],
        limit: 1000,
        ...(after && { after }),
      })
      for (const row of rows) stored.set(row.channel_point, row)
      if (rows.length < 1000) break
      after = [rows.at(-1)!.channel_point]
    }
  }
  return stored
}
