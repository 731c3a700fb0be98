import type { Mode } from '../channels/channel-options.ts'
import {
  type Amount,
  type AmountInput,
  readAmount,
  readPositiveAmount,
  sat,
} from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { cheapestLever, type LiquidityPolicy } from '../domain/liquidity-policy.ts'
import type { LiquiditySettings } from '../domain/liquidity-snapshot.ts'
import { invalid } from '../errors.ts'
import { readBoolean, readInteger, readObject, readOneOf } from '../read-input.ts'
import type { AskForInbound } from './read-channel-offers.ts'

/**
 * How the node is kept able to receive. Shares are of receivable and sendable together, in ppm: 300,000 is
 * 30 %. What swaps may cost and how much may be in them at once is in `swapping`; feerates are judged by `fees`.
 */
export interface LiquidityOptions {
  /** Default `'recommend'`: it writes down what it would do. */
  readonly mode?: Mode
  /** What stays on our side of a channel, for routing and payouts. Default 200,000 (20 %). */
  readonly outboundShare?: number
  /** Inbound below it: push out when fees are acceptable. Default 300,000 (30 %). */
  readonly lowInbound?: number
  /** Inbound below it: push out without waiting, within the hard ceilings. Default 100,000 (10 %). */
  readonly urgentInbound?: number
  /** Inbound counts as restored so far above `lowInbound`. Default 50,000 (5 %). */
  readonly hysteresis?: number
  /** New channels of ours are drained as soon as they are active. Default true; false: when inbound is low. */
  readonly drainAtOnce?: boolean
  /** Outbound that always stays, for payouts that are expected. Default 0. */
  readonly outboundFloor?: AmountInput
  /** What gaining inbound may cost when nothing presses, in ppm. Default 7,500 (0.75 %). */
  readonly acceptablePpm?: number
  /** What it may cost at all. Default 20,000 (2 %). */
  readonly ceilingPpm?: number
  /** Smaller gaps are left alone. Default 50,000 sat. */
  readonly minimum?: AmountInput
  /** After LND came back nothing is started for so long. Default 5 minutes. */
  readonly settlePeriod?: Duration
  /** When inbound is urgent, only what helps within this time. Default 6 hours. */
  readonly urgentWithin?: Duration
  /** How often it looks. Default 1 minute. */
  readonly every?: Duration
  /**
   * What inbound is for sale, as the host knows it: compared with everything else, and left to the operator. Asked at
   * most every five minutes, and only while inbound is missing.
   */
  readonly channelOffers?: AskForInbound
  /** Another policy: a pure function, given the same snapshot it gives the same plan. */
  readonly policy?: LiquidityPolicy
}

/** The options with every default filled in. */
export interface LiquidityRules
  extends Omit<LiquiditySettings, 'feerateCeiling' | 'outboundFloorMsat' | 'minimumMsat'> {
  readonly mode: Mode
  readonly outboundFloor: Amount
  readonly minimum: Amount
  /** Milliseconds. */
  readonly every: number
  readonly policy: LiquidityPolicy
  readonly channelOffers: AskForInbound | undefined
}

const names = [
  'mode',
  'outboundShare',
  'lowInbound',
  'urgentInbound',
  'hysteresis',
  'drainAtOnce',
  'outboundFloor',
  'acceptablePpm',
  'ceilingPpm',
  'minimum',
  'settlePeriod',
  'urgentWithin',
  'every',
  'policy',
  'channelOffers',
] as const

const whole = 1_000_000

export function readLiquidityOptions(value: unknown): LiquidityRules {
  const options = readObject(value === undefined ? {} : value, 'liquidity', names)
  const given = (name: (typeof names)[number], absent: unknown): unknown =>
    options[name] === undefined ? absent : options[name]
  const share = (name: (typeof names)[number], absent: number): number =>
    readInteger(given(name, absent), `liquidity.${name}`, { minimum: 0, maximum: whole })
  const duration = (name: (typeof names)[number], absent: Duration, minimum: number): number =>
    1000 * readDuration(given(name, absent), `liquidity.${name}`, { minimum, maximum: 2_592_000 })
  const outboundShare = share('outboundShare', 200_000)
  const lowInbound = share('lowInbound', 300_000)
  const urgentInbound = share('urgentInbound', 100_000)
  const hysteresis = share('hysteresis', 50_000)
  if (urgentInbound > lowInbound) {
    throw invalid('liquidity.urgentInbound', 'out-of-range', 'must not be above lowInbound')
  }
  // What is restored must be above what starts it again, or it would never be done.
  if (lowInbound + hysteresis > whole - outboundShare) {
    const says = 'lowInbound and hysteresis together must leave room for outboundShare'
    throw invalid('liquidity.lowInbound', 'out-of-range', says)
  }
  const acceptablePpm = share('acceptablePpm', 7500)
  const ceilingPpm = share('ceilingPpm', 20_000)
  if (acceptablePpm > ceilingPpm) {
    throw invalid('liquidity.acceptablePpm', 'out-of-range', 'must not be above ceilingPpm')
  }
  const outboundFloor = readAmount(given('outboundFloor', sat(0)), 'liquidity.outboundFloor')
  if (outboundFloor.msat < 0n) {
    throw invalid('liquidity.outboundFloor', 'negative', 'must not be negative')
  }
  const policy = given('policy', cheapestLever)
  if (typeof policy !== 'function') {
    throw invalid(
      'liquidity.policy',
      'wrong-type',
      'expected a function (snapshot, settings) => plan',
    )
  }
  return {
    mode: readOneOf(given('mode', 'recommend'), 'liquidity.mode', ['observe', 'recommend', 'act']),
    outboundShare,
    lowInbound,
    urgentInbound,
    hysteresis,
    drainsAtOnce: readBoolean(options.drainAtOnce, 'liquidity.drainAtOnce', true),
    outboundFloor,
    acceptablePpm,
    ceilingPpm,
    minimum: readPositiveAmount(given('minimum', sat(50_000)), 'liquidity.minimum'),
    settlePeriod: duration('settlePeriod', '5m', 0),
    urgentWithin: duration('urgentWithin', '6h', 60),
    every: duration('every', '1m', 1),
    policy: policy as LiquidityPolicy,
    channelOffers: readAsk(options.channelOffers),
  }
}

function readAsk(value: unknown): AskForInbound | undefined {
  if (value === undefined || typeof value === 'function') return value as AskForInbound | undefined
  throw invalid('liquidity.channelOffers', 'wrong-type', 'expected a function (amount) => offers')
}
