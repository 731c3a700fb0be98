import { chooseOptions, type RejectedOption } from './liquidity-choice.ts'
import { type LiquidityNeed, needOf } from './liquidity-need.ts'
import type { LiquidityOption, OptionRefusal } from './liquidity-options.ts'
import { loudestOf, passingOf } from './liquidity-refusals.ts'
import type { LiquiditySettings, LiquiditySnapshot } from './liquidity-snapshot.ts'

/** A policy: the same snapshot and settings give the same plan. Hosts may bring their own. */
export type LiquidityPolicy = (
  snapshot: LiquiditySnapshot,
  settings: LiquiditySettings,
) => LiquidityPlan

/** What to do for inbound, and why. */
export interface LiquidityPlan {
  /** `act`: take the actions; `enough`; `wait`: for time alone; `blocked`: something must change first. */
  readonly verdict: 'act' | 'enough' | 'wait' | 'blocked'
  readonly reason: LiquidityReason
  /** For people. */
  readonly says: string
  readonly need: LiquidityNeed
  /** Cheapest first. */
  readonly actions: readonly LiquidityOption[]
  /** Cheapest first; only so many. */
  readonly rejected: readonly RejectedOption[]
  /** Channels to send out of. */
  readonly outOf: readonly string[]
}

/** Why a plan is what it is. */
export type LiquidityReason =
  | 'enough'
  | 'inbound-urgent'
  | 'inbound-low'
  | 'new-channel'
  | 'paused'
  | 'halted'
  | 'node-away'
  | 'settling'
  | 'no-channels'
  /** What is missing is less than the smallest amount worth moving. */
  | 'gap-too-small'
  /** Enough is on its way. */
  | 'under-way'
  | 'no-offer'
  | OptionRefusal

/**
 * The default policy: mission rows 4 and 10. For the inbound that is missing the cheapest options are taken
 * that arrive in time, one after the other, within floor, budget, ceilings and what may be in swaps at once.
 */
export const cheapestLever: LiquidityPolicy = (snapshot, settings) => {
  const need = needOf(snapshot, settings)
  const nothing = { need, actions: [], rejected: [], outOf: need.outOf }
  const hindrance = findHindrance(snapshot, settings, need)
  if (hindrance) return { ...nothing, ...hindrance }

  const { actions, rejected } = chooseOptions(snapshot, settings, need)
  if (actions.length > 0) {
    const isShareOnly = actions.every(({ receivableMsat }) => receivableMsat === 0n)
    const more = isShareOnly ? ' A close raises the share; no more can be received.' : ''
    const reason = { urgent: 'inbound-urgent', drain: 'new-channel', low: 'inbound-low' } as const
    return {
      ...nothing,
      rejected,
      verdict: 'act',
      reason: reason[need.urgency as 'low'],
      says: `${percent(need.inboundShare)} of the node can receive; ${sat(need.missingMsat)} sat must leave.${more}`,
      actions,
    }
  }
  const refusals = new Set(rejected.map(({ refusal }) => refusal))
  const named = loudestOf(refusals)
  if (!named && need.movableMsat < settings.minimumMsat) {
    const says = `${sat(need.movableMsat)} sat may leave: the rest is not ours, or must stay.`
    return { ...nothing, rejected, verdict: 'blocked', reason: 'outbound-floor', says }
  }
  if (!named) {
    const whose = snapshot.noOffers.map(({ provider, reason }) => `${provider}: ${reason}`)
    const says = `Nobody offers to take ${sat(need.missingMsat)} sat. ${whose.join(', ')}`.trim()
    return { ...nothing, rejected, verdict: 'blocked', reason: 'no-offer', says }
  }
  // One that passes with time is enough to wait for.
  const waitsFor = need.urgency === 'urgent' ? undefined : passingOf(refusals)
  const reason = waitsFor ?? named
  return {
    ...nothing,
    rejected,
    verdict: waitsFor ? 'wait' : 'blocked',
    reason,
    says: `${percent(need.inboundShare)} of the node can receive; nothing can be done for ${sat(need.missingMsat)} sat now: ${refusalWords[reason]}.`,
  }
}

/** A refusal in words, for what nothing can be done about now. */
const refusalWords: Readonly<Record<OptionRefusal, string>> = {
  'feerate-not-low': 'the chain asks more than is paid while nothing presses',
  'price-not-acceptable': 'it costs more than liquidity.acceptablePpm',
  'in-flight-cap': 'as much as may be in swaps at once is in them',
  'too-late': 'nothing would arrive within liquidity.urgentWithin',
  'failed-lately': 'swaps have come to nothing, and the next one is tried after a pause',
  'feerate-unknown': 'nobody knows what the chain asks',
  'feerate-above-ceiling': 'the chain asks more than fees.hardCeiling',
  'price-above-ceiling': 'it costs more than liquidity.ceilingPpm',
  'worst-case-above-ceiling':
    'its price is within liquidity.ceilingPpm, and what it may cost at worst is not',
  'budget-exhausted': 'what it may cost at worst is more than the day has left (swapping.perDay)',
  'outbound-floor': 'less may leave than the smallest option takes',
  'above-provider-maximum': 'it is more than any provider takes now',
  obligation: 'a channel is kept open for somebody (noCloseBefore)',
  'left-to-operator': 'a channel is for sale, and buying it is left to you',
  'brings-no-inbound': 'a close would bring nothing that can be received',
  'not-needed': 'what is left is not worth it',
}

type Hindrance = Pick<LiquidityPlan, 'verdict' | 'reason' | 'says'>

function findHindrance(
  { pausedReason, haltedReason, readyFor, channels, leavingMsat }: LiquiditySnapshot,
  settings: LiquiditySettings,
  need: LiquidityNeed,
): Hindrance | undefined {
  if (pausedReason !== null) {
    return { verdict: 'blocked', reason: 'paused', says: `Paused: ${pausedReason}.` }
  }
  if (haltedReason !== null) {
    return {
      verdict: 'blocked',
      reason: 'halted',
      says: `Outgoing money is halted: ${haltedReason}.`,
    }
  }
  if (readyFor === null)
    return { verdict: 'wait', reason: 'node-away', says: 'LND cannot be used now.' }
  if (readyFor < settings.settlePeriod) {
    return { verdict: 'wait', reason: 'settling', says: 'LND has only just come back.' }
  }
  if (!channels.some(({ isActive }) => isActive)) {
    return { verdict: 'wait', reason: 'no-channels', says: 'No channel is active.' }
  }
  const isUnderWay = leavingMsat > 0n && need.inboundShare < settings.lowInbound
  if (need.urgency === 'none') {
    if (isUnderWay) {
      return {
        verdict: 'enough',
        reason: 'under-way',
        says: `${sat(leavingMsat)} sat are leaving.`,
      }
    }
    const says = `${percent(need.inboundShare)} of the node can receive.`
    return { verdict: 'enough', reason: 'enough', says }
  }
  if (need.missingMsat < settings.minimumMsat) {
    const reason = isUnderWay ? 'under-way' : 'gap-too-small'
    return { verdict: 'enough', reason, says: `Only ${sat(need.missingMsat)} sat are missing.` }
  }
  return undefined
}

function percent(ppm: number): string {
  return `${(ppm / 10_000).toFixed(1)} %`
}

function sat(msat: bigint): string {
  return (msat / 1000n).toLocaleString('en-US')
}
