import type { Context, Identity } from '../context.ts'
import { attributeClose, type CloseAttribution, isUnwanted } from '../domain/close-attribution.ts'
import { newEvent } from '../events/new-event.ts'
import { readKeeper, writeKeeper } from '../keeper/keeper-row.ts'
import { findMark, markPeer } from '../peers/mark-peer.ts'
import type { NewEvent, Write } from '../ports/storage.ts'
import { closeIntents } from '../tables/channel-intents.ts'
import type { channels } from '../tables/channels.ts'
import type { RowOf } from '../tables/table.ts'
import type { Channel } from './channel-view.ts'

const day = 86_400_000

/** What follows from a close: its attribution, the peer's mark, the alarm. All in the change that records it. */
export interface Judgement {
  readonly attribution: CloseAttribution
  readonly writes: readonly Write[]
  readonly events: readonly NewEvent[]
}

/** Undefined while LND does not say how the channel was closed. */
export async function judgeClose(
  context: Context,
  identity: Identity,
  channel: Channel,
  row: Pick<RowOf<typeof channels>, 'inactive_since'> | undefined,
): Promise<Judgement | undefined> {
  if (channel.closeType === null) return undefined
  const request = await context.storage.get(closeIntents, [
    identity.publicKey,
    channel.channelPoint,
  ])
  const attribution = attributeClose({
    closeType: channel.closeType,
    closedBy: channel.closedBy ?? 'unknown',
    // What LND refused to do was not done for us.
    request: request && request.state !== 'refused' ? { replace: request.is_replaced } : undefined,
    onlineFor: onlineBefore(context, channel.closeHeight, row?.inactive_since ?? null),
    settlePeriod: context.settings.channels.settlePeriod,
  })
  const mark = await markFor(context, identity, channel, attribution)
  const alarm = isUnwanted(attribution) ? await countClose(context, identity) : undefined
  return {
    attribution,
    writes: [...mark.writes, ...(alarm?.writes ?? [])],
    events: [...mark.events, ...(alarm?.events ?? [])],
  }
}

/**
 * Milliseconds that LND had been usable without a break when the channel was last active, or when its closing
 * transaction was confirmed: LND ≥ 0.21 tells a close by force 3 to 6 blocks late, and what the peer did
 * while we were away must not count as done now.
 */
function onlineBefore(
  { live, clock }: Context,
  closeHeight: number | null,
  inactiveSince: number | null,
): number {
  const { readySince, heights } = live
  if (readySince === undefined) return 0
  const now = clock.monotonic()
  // Confirmed at the first height that was seen, or before: we were not there.
  const confirmed = heights.find(({ height }) => closeHeight !== null && height >= closeHeight)
  const inactiveFor = inactiveSince === null ? 0 : Math.max(0, clock.now() - inactiveSince)
  return Math.max(0, Math.min(confirmed?.at ?? now, now - inactiveFor) - readySince)
}

async function markFor(
  context: Context,
  identity: Identity,
  channel: Channel,
  attribution: CloseAttribution,
): Promise<{ readonly writes: readonly Write[]; readonly events: readonly NewEvent[] }> {
  const { verdict, cause } = attribution
  if (verdict === 'none') return { writes: [], events: [] }
  const row = await findMark(context, identity, channel.peer)
  return markPeer(context, identity, row, channel.peer, {
    state:
      verdict === 'blacklist'
        ? 'blacklisted'
        : verdict === 'waive'
          ? 'closed-by-operator'
          : 'cooling-down',
    reason: cause,
    says: `Channel ${channel.channelPoint} was closed: ${channel.closeType}, by ${channel.closedBy ?? 'unknown'}.`,
    evidence: {
      channelPoint: channel.channelPoint,
      ...attribution,
      height: context.live.info?.blockHeight ?? null,
      at: context.clock.now(),
    },
  })
}

/** Counts a close that nobody asked for, and raises the alarm when there are many within a day. */
async function countClose(
  context: Context,
  identity: Identity,
): Promise<{ readonly writes: readonly Write[]; readonly events: readonly NewEvent[] }> {
  const now = context.clock.now()
  const row = await readKeeper(context, identity)
  const isWithinDay = (at: number): boolean => at > now - day && at <= now
  const before = (row?.recent_closes as number[] | undefined) ?? []
  const recent = [...before, now].filter(isWithinDay)
  const lastAlarm = row?.mass_close_at ?? 0
  // An alarm that is dated later than now is of a clock that was ahead.
  const isAlarm = recent.length >= context.settings.channels.massCloses && !isWithinDay(lastAlarm)
  return {
    writes: [
      writeKeeper(context, identity, row, {
        recent_closes: recent,
        ...(isAlarm && { mass_close_at: now }),
      }),
    ],
    events: isAlarm
      ? [
          newEvent(context, identity, 'keeper.mass-close', 'keeper', {
            closes: recent.length,
            within: '24h',
          }),
        ]
      : [],
  }
}
