import { type Context, type Identity, identityOf } from '../context.ts'
import {
  type FeePast,
  type FeeTerms,
  type FeeVerdict,
  judgeFee,
  readPast,
} from '../domain/fee-policy.ts'
import { type CurrentFeerate, readFeerate } from '../transactions/current-feerate.ts'
import { readObservations } from './observations.ts'

/** What the chain asks now and what it asked lately, read once for several verdicts. */
export interface FeeMarket {
  readonly now: CurrentFeerate
  readonly past: FeePast
}

/** How urgent a transaction is. Feerates in sat/vB, times in milliseconds since 1970. */
export interface FeeQuestion {
  /** At once, below the hard ceiling. */
  readonly quick: boolean
  readonly ceiling?: number | null
  readonly deadline?: number | null
  /** The operator lets it go now. */
  readonly isReleased?: boolean
}

/** Throws `node.unavailable` when nobody knows the feerate. */
export async function readFeeMarket(context: Context, identity: Identity): Promise<FeeMarket> {
  const now = await readFeerate(context)
  const points = await readObservations(context, identity)
  return { now, past: readPast(points, context.clock.now(), context.settings.fees) }
}

/** Whether a transaction may be sent at the feerate of now, and why. Throws `node.unavailable`. */
export async function judgeFeerate(
  context: Context,
  question: FeeQuestion,
  market?: FeeMarket,
): Promise<FeeVerdict> {
  const { now, past } = market ?? (await readFeeMarket(context, identityOf(context)))
  const terms: FeeTerms = {
    isQuick: question.quick,
    isReleased: question.isReleased ?? false,
    ceiling: question.ceiling ?? null,
    deadline: question.deadline ?? null,
  }
  return judgeFee(now.satPerVbyte, terms, past, context.settings.fees, context.clock.now())
}
