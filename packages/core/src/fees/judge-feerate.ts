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
  return { now, past: await readRecentPast(context, identity) }
}

/** Milliseconds by the monotonic clock: one feerate is recorded per ten minutes. */
const keepFor = 60_000

const kept = new WeakMap<object, { readonly until: number; readonly past: FeePast }>()

async function readRecentPast(context: Context, identity: Identity): Promise<FeePast> {
  const { clock, live, settings } = context
  const known = kept.get(live)
  if (known && known.until > clock.monotonic()) return known.past
  const past = readPast(await readObservations(context, identity), clock.now(), settings.fees)
  // Until there is one, each look may be the first that finds it.
  if (past.recordedDays > 0) kept.set(live, { until: clock.monotonic() + keepFor, past })
  return past
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
