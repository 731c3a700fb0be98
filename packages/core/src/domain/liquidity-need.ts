import { atLeastZero, largest, least, sumOf } from './bigints.ts'
import type { LiquiditySettings, LiquiditySnapshot } from './liquidity-snapshot.ts'

/** How inbound stands, and how much of it is missing. Shares in ppm. */
export interface LiquidityNeed {
  /** Receivable of receivable and sendable, now. */
  readonly inboundShare: number
  /** The same when everything under way has ended well: what is on its way is not sent twice. */
  readonly expectedShare: number
  readonly sendableMsat: bigint
  readonly receivableMsat: bigint
  readonly urgency: Urgency
  /** What would have to leave. */
  readonly missingMsat: bigint
  /** What may leave: of our channels, above the floor and what payouts need. */
  readonly movableMsat: bigint
  /** Channels to send out of: new ones first. */
  readonly outOf: readonly string[]
}

/** `urgent`: under 10 %; `drain`: a new channel; `low`: under 30 %; `none`. */
export type Urgency = 'urgent' | 'drain' | 'low' | 'none'

const whole = 1_000_000n

/** Mission rows 4 and 10 as arithmetic. */
export function needOf(snapshot: LiquiditySnapshot, settings: LiquiditySettings): LiquidityNeed {
  const active = snapshot.channels.filter(({ isActive }) => isActive)
  const ours = active.filter(({ ownership }) => ownership === 'ours')
  const sendableMsat = sumOf(active.map((channel) => channel.sendableMsat))
  const receivableMsat = sumOf(active.map((channel) => channel.receivableMsat))
  const { leavingMsat } = snapshot
  const expectedMsat = receivableMsat + leavingMsat
  const wholeMsat = sendableMsat + expectedMsat
  const inboundShare = shareOf(receivableMsat, sendableMsat + receivableMsat)
  const expectedShare = shareOf(expectedMsat, wholeMsat)

  const drains = settings.drainsAtOnce
    ? ours
        .filter(({ isNew }) => isNew)
        .map((channel) => ({ channel, excessMsat: excessOf(channel, settings) }))
        .filter(({ excessMsat }) => excessMsat >= settings.minimumMsat)
    : []
  const drainMsat = atLeastZero(sumOf(drains.map(({ excessMsat }) => excessMsat)) - leavingMsat)
  const targetShare = whole - BigInt(settings.outboundShare)
  const gapMsat = atLeastZero((wholeMsat * targetShare) / whole - expectedMsat)
  const urgency = urgencyOf(snapshot, settings, wholeMsat, expectedShare, drainMsat)
  const floorMsat = settings.outboundFloorMsat + snapshot.expectedPayoutsMsat
  const movableMsat = least(
    sumOf(ours.map((channel) => channel.sendableMsat)),
    atLeastZero(sendableMsat - floorMsat),
  )
  const wanted = { urgent: largest(gapMsat, drainMsat), drain: drainMsat, low: gapMsat, none: 0n }
  const drained = new Set(drains.map(({ channel }) => channel.channelId))
  const fullestFirst = [...ours].sort((a, b) => Number(b.sendableMsat - a.sendableMsat))
  return {
    inboundShare,
    expectedShare,
    sendableMsat,
    receivableMsat,
    urgency,
    missingMsat: wanted[urgency],
    movableMsat,
    outOf: fullestFirst
      .map(({ channelId }) => channelId)
      .filter((id) => urgency !== 'drain' || drained.has(id)),
  }
}

/** New channels of ours that are down at the outbound share, or were never above it: they are new no more. */
export function channelsDrained(
  { channels }: LiquiditySnapshot,
  outboundShare: number,
): readonly string[] {
  return channels
    .filter(({ isNew, isActive }) => isNew && isActive)
    .filter(({ sendableMsat, capacityMsat }) => {
      // What a last chunk leaves behind, being too small, does not keep a channel new for ever.
      const enoughMsat = (capacityMsat * BigInt(outboundShare + nearly)) / whole
      return sendableMsat <= enoughMsat
    })
    .map(({ channelPoint }) => channelPoint)
}

/** In ppm of the capacity. */
const nearly = 20_000

function urgencyOf(
  { isRecovering }: LiquiditySnapshot,
  { urgentInbound, lowInbound, hysteresis }: LiquiditySettings,
  wholeMsat: bigint,
  share: number,
  drainMsat: bigint,
): Urgency {
  if (wholeMsat === 0n) return 'none'
  if (share < urgentInbound) return 'urgent'
  if (drainMsat > 0n) return 'drain'
  return share < lowInbound + (isRecovering ? hysteresis : 0) ? 'low' : 'none'
}

/** What a channel has above the outbound share of its capacity. */
function excessOf(
  { sendableMsat, capacityMsat }: { sendableMsat: bigint; capacityMsat: bigint },
  { outboundShare }: LiquiditySettings,
): bigint {
  return atLeastZero(sendableMsat - (capacityMsat * BigInt(outboundShare)) / whole)
}

function shareOf(partMsat: bigint, wholeMsat: bigint): number {
  return wholeMsat === 0n ? 0 : Number((partMsat * whole) / wholeMsat)
}
