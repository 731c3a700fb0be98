import { type Context, identityOf } from '../context.ts'
import type { FeeVerdict } from '../domain/fee-policy.ts'
import { judgeFeerate, readFeeMarket } from './judge-feerate.ts'

/** What the chain asks, and what that means for payouts. Feerates in sat/vB. */
export interface FeeStatus {
  /** As it was said; may be fractional. */
  readonly feerate: number
  /** Who said it: the fee source, or the node whose estimate it is. */
  readonly source: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly hardCeiling: number
  readonly ceiling: number
  /** Of the last `days` days: 1 to 100. */
  readonly percentile: number
  readonly days: number
  /** Days of these with a recorded feerate. */
  readonly recordedDays: number
  /** Up to this a feerate is low; null until every day is recorded. */
  readonly percentileFeerate: number | null
  /** For a payout that need not go at once. */
  readonly now: FeeVerdict
  /** For a quick one. */
  readonly quick: FeeVerdict
}

/** The feerate, and what would be decided now. Throws `node.unavailable` when nobody knows it. */
export async function feeStatus(context: Context): Promise<FeeStatus> {
  const { hardCeiling, ceiling, percentile, days } = context.settings.fees
  const market = await readFeeMarket(context, identityOf(context))
  const { satPerVbyte, source, at } = market.now
  return {
    feerate: satPerVbyte,
    source,
    at,
    hardCeiling,
    ceiling,
    percentile,
    days,
    recordedDays: market.past.recordedDays,
    percentileFeerate: market.past.percentileFeerate,
    now: await judgeFeerate(context, { quick: false }, market),
    quick: await judgeFeerate(context, { quick: true }, market),
  }
}
