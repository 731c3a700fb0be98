import { currentChannels } from '../channels/current-channels.ts'
import type { Context, Identity } from '../context.ts'
import { atLeastZero } from '../domain/bigints.ts'
import { channelLiquidity } from '../domain/channel.ts'
import type {
  LiquidityChannel,
  LiquiditySettings,
  LiquiditySnapshot,
} from '../domain/liquidity-snapshot.ts'
import type { PayoutReason } from '../domain/payout-reason.ts'
import { PaymentNodeError } from '../errors.ts'
import { judgeFeerate } from '../fees/judge-feerate.ts'
import type { NodeChannel } from '../ports/lightning-node.ts'
import { readSafety } from '../safety/require-not-halted.ts'
import { readSwappable } from '../swaps/read-swappable.ts'
import { channels } from '../tables/channels.ts'
import { drainedChannels } from '../tables/liquidity.ts'
import { payouts } from '../tables/payouts.ts'
import type { AutopilotRow } from './autopilot-row.ts'
import { readBudgetLeft } from './charge-budget.ts'
import { readClosable, readClosing } from './read-closable.ts'
import { type OfferBook, readOffers } from './read-offers.ts'
import { readPayable } from './read-payable.ts'
import { notSent, readSwapping } from './read-swapping.ts'

/** Milliseconds: how old the channels may be when money follows, and for a look. */
const [fresh, idle] = [1000, 30_000]

/** The settings as the policy takes them. */
export function liquiditySettings({ settings }: Context): LiquiditySettings {
  const { outboundFloor, minimum, channelOffers: _ask, ...rules } = settings.liquidity
  return {
    ...rules,
    outboundFloorMsat: outboundFloor.msat,
    minimumMsat: minimum.msat,
    feerateCeiling: settings.fees.hardCeiling,
  }
}

/**
 * What the policy needs. What costs a look at every partner or a call to every provider is read only when
 * `offers` is given, which is when inbound is missing.
 */
export async function takeLiquiditySnapshot(
  context: Context,
  identity: Identity,
  row: AutopilotRow | undefined,
  offers?: { readonly book: OfferBook; readonly amountMsat: bigint },
): Promise<LiquiditySnapshot> {
  const { live, clock } = context
  const isAway = live.state !== 'ready'
  const [safety, listed, swapping, payable, closing] = await Promise.all([
    readSafety(context, identity),
    isAway ? [] : currentChannels(context, offers ? fresh : idle),
    readSwapping(context, identity),
    readExpected(context, identity),
    readClosing(context, identity),
  ])
  const going = new Set(closing.map(({ channel_point }) => channel_point))
  // As good as gone, though LND may list them for a while: nothing is sent through them, and their gap is filled.
  const list = listed.filter(({ channelPoint }) => !going.has(channelPoint))
  const described = await describeChannels(context, identity, list)
  const overdue = swapping.promised.filter(({ isOverdue }) => isOverdue)
  // What a daemon holds back may be sent at any moment: it is kept for that, and is no inbound to come.
  const heldBackMsat = notSent(overdue, listed)
  const promisedMsat = notSent(swapping.promised, listed) + payable.goingMsat
  const { channels: unpromised, leftMsat } = withoutPromised(described, promisedMsat)
  // What our channels do not have does not leave.
  const leavingMsat = outgoing(list, overdue) + atLeastZero(promisedMsat - leftMsat - heldBackMsat)
  const base: LiquiditySnapshot = {
    now: clock.now(),
    readyFor: live.readySince === undefined ? null : clock.monotonic() - live.readySince,
    pausedReason: row?.is_paused ? (row.paused_reason ?? '') : null,
    haltedReason: safety.is_halted ? (safety.reason ?? '') : null,
    channels: unpromised,
    leavingMsat,
    swappableMsat: await readSwappable(context, identity, listed),
    expectedPayoutsMsat: payable.neededMsat + leftMsat,
    partners: [],
    swaps: [],
    swapsFrom: swapping.swapsFrom,
    noOffers: [],
    channelOffers: [],
    feerate: null,
    isFeerateLow: false,
    budgetLeftMsat: await readBudgetLeft(context, identity),
    isRecovering: row?.is_recovering ?? false,
  }
  if (!offers) return base
  const [partners, market, found] = await Promise.all([
    readPayable(context, identity),
    readMarket(context),
    readOffers(context, identity, offers.book, offers.amountMsat),
  ])
  const closable = await readClosable(context, identity, list, market.feerate)
  const channels = base.channels.map((channel) => ({
    ...channel,
    closeCostMsat: closable.get(channel.channelPoint)?.feeMsat ?? null,
  }))
  return { ...base, channels, partners, ...market, ...found }
}

async function describeChannels(
  context: Context,
  { publicKey }: Identity,
  list: readonly NodeChannel[],
): Promise<readonly LiquidityChannel[]> {
  return Promise.all(
    list.map(async (channel) => {
      const { channelPoint, channelId, peer, capacityMsat, isActive } = channel
      const row = await context.storage.get(channels, [publicKey, channelPoint])
      const drained = await context.storage.get(drainedChannels, [publicKey, channelPoint])
      const ownership = (row?.ownership ?? 'observe') as LiquidityChannel['ownership']
      return {
        channelPoint,
        channelId,
        peer,
        capacityMsat,
        ...channelLiquidity(channel),
        ownership,
        isActive,
        isNew: ownership === 'ours' && drained === undefined,
        noCloseBefore: row?.no_close_before ?? null,
        // Looked for only when something is missing.
        closeCostMsat: null,
      }
    }),
  )
}

/**
 * HTLCs that have left our side and are not settled: inbound as soon as they are. Not those of swaps that are held for
 * too long: whoever holds one and locks nothing up must not silence the autopilot.
 */
function outgoing(
  list: readonly NodeChannel[],
  overdue: readonly { readonly paymentHash: string }[],
): bigint {
  const held = new Set(overdue.map(({ paymentHash }) => paymentHash))
  let sumMsat = 0n
  for (const { isActive, pendingHtlcs } of list) {
    if (!isActive) continue
    for (const { direction, amountMsat, paymentHash } of pendingHtlcs) {
      if (direction === 'outgoing' && !held.has(paymentHash)) sumMsat += amountMsat
    }
  }
  return sumMsat
}

/**
 * What swaps and payouts will send and have not sent yet is no longer to be given away. `leftMsat`: more than our
 * channels have.
 */
function withoutPromised(
  list: readonly LiquidityChannel[],
  promisedMsat: bigint,
): { readonly channels: readonly LiquidityChannel[]; readonly leftMsat: bigint } {
  let left = promisedMsat
  if (left === 0n) return { channels: list, leftMsat: 0n }
  const fullestFirst = [...list].sort((a, b) => (a.sendableMsat < b.sendableMsat ? 1 : -1))
  const channels = fullestFirst.map((channel) => {
    if (channel.ownership !== 'ours') return channel
    let takenMsat = channel.sendableMsat
    if (left < takenMsat) takenMsat = left
    left -= takenMsat
    return { ...channel, sendableMsat: channel.sendableMsat - takenMsat }
  })
  return { channels, leftMsat: left }
}

/** What waits for our own side only: it goes as soon as that is over, and needs its outbound until then. */
const waitsForUs: ReadonlySet<string | null> = new Set<PayoutReason>([
  'halted',
  'counter-unreachable',
  'outbound-short',
])

/**
 * Payouts over Lightning that are stored and not sent yet, with their worst fees. What goes now is on its way. What
 * waits for a payee's server, or for an operator, may never go: whoever has such payouts made, one after the other,
 * must not silence the autopilot.
 */
async function readExpected(
  context: Context,
  { publicKey }: Identity,
): Promise<{ readonly goingMsat: bigint; readonly neededMsat: bigint }> {
  const rows = await context.storage.find(payouts, {
    index: 'state',
    equals: [publicKey, 'reserved'],
    limit: 1000,
  })
  let [goingMsat, neededMsat] = [0n, 0n]
  for (const { reason, purpose, amount_msat, fee_limit_msat } of rows) {
    // Ours, and it fails within hours: until then its gap is not filled twice.
    const isOwn = purpose === 'automatic' && reason === 'destination-unreachable'
    if (reason === null || isOwn) {
      goingMsat += amount_msat
      neededMsat += fee_limit_msat
    } else if (waitsForUs.has(reason)) neededMsat += amount_msat + fee_limit_msat
  }
  return { goingMsat, neededMsat }
}

async function readMarket(
  context: Context,
): Promise<{ readonly feerate: number | null; readonly isFeerateLow: boolean }> {
  try {
    const { feerate, isAcceptable } = await judgeFeerate(context, { quick: false })
    return { feerate, isFeerateLow: isAcceptable }
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.unavailable'))
      return { feerate: null, isFeerateLow: false }
    throw error
  }
}
