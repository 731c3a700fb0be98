import { type Context, identityOf } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { onchainNeededSat } from '../domain/swap-offer.ts'
import { invalid, PaymentNodeError } from '../errors.ts'
import { chargeMore } from '../liquidity/charge-budget.ts'
import type { Refused } from '../ports/storage.ts'
import { readObject } from '../read-input.ts'
import { maximumDecisions, record, tooContended } from '../record.ts'
import { liquidityBudgets, swaps } from '../tables/swaps.ts'
import { update } from '../tables/table.ts'
import { findSwap } from './get-swap.ts'
import type { SwapRow } from './mark-swap.ts'
import { readLimits, type SwapLimitInput } from './request-by-operator.ts'
import { readQuote } from './stored-quote.ts'
import { type Swap, swapView } from './swap-view.ts'

/** Limits of a live swap that can still be raised. */
export type RaisedLimits = Pick<SwapLimitInput, 'routing' | 'claim'>

/**
 * Raises what routing (before it is paid) or the claim (before the preimage is revealed) may cost; the budget of the
 * swap's day pays. Throws `swap.not-found`, `swap.not-live`, `swap.over-budget`, and `input.invalid` for less than it
 * was, or more than is left beside its payout.
 */
export async function raiseLimits(
  context: Context,
  id: string,
  limits: RaisedLimits,
): Promise<Swap> {
  const identity = identityOf(context)
  readObject(limits, 'limits', ['routing', 'claim'])
  const { routingLimitSat, claimLimitSat } = readLimits(context, limits)
  if (routingLimitSat === undefined && claimLimitSat === undefined)
    throw invalid('limits', 'missing', 'name routing, claim, or both')
  for (let decision = 0; decision < maximumDecisions; decision++) {
    const row = await findSwap(context, id)
    requireLive(row, routingLimitSat, claimLimitSat)
    const routing = raised('routing', row.routing_limit_msat, routingLimitSat)
    const claim = raised('claim', row.claim_limit_msat, claimLimitSat)
    requireRoomBesidePayout(row, claim)
    const moreMsat = routing - row.routing_limit_msat + claim - row.claim_limit_msat
    if (moreMsat === 0n) return swapView(row)
    const set = {
      routing_limit_msat: routing,
      claim_limit_msat: claim,
      worst_cost_msat: row.worst_cost_msat + moreMsat,
      updated_at: context.clock.now(),
    }
    const writes = [
      update(swaps, row, set),
      chargeMore(context, identity, row.budget_period, moreMsat),
    ]
    const isApplied = async (): Promise<boolean> =>
      (await context.storage.get(swaps, [id]))?.worst_cost_msat === set.worst_cost_msat
    const refused = await record(context, { writes }, isApplied)
    if (!refused) {
      context.live.wakeSwaps()
      return swapView({ ...row, ...set })
    }
    await throwOverBudget(context, row, refused, moreMsat)
  }
  throw tooContended('swaps.raiseLimits')
}

/** Before it is paid routing can be limited, before it is revealed the claim. */
function requireLive(row: SwapRow, routing: bigint | undefined, claim: bigint | undefined): void {
  const isUnpaid = row.state === 'created' || row.state === 'verified'
  const isLive = row.custody === 'self' && row.ended_at === null && row.revealed_at === null
  if (isLive && (routing === undefined || isUnpaid)) return
  const what = claim === undefined ? 'its routing' : 'these limits'
  throw new PaymentNodeError(
    'swap.not-live',
    `The swap is ${row.state}: nothing depends on ${what} any more.`,
    { swap: row.id, state: row.state },
  )
}

/** A claim at its limit must still pay the payout. */
function requireRoomBesidePayout(row: SwapRow, claimLimitMsat: bigint): void {
  if (row.payout_msat === null || claimLimitMsat === row.claim_limit_msat) return
  const { serviceSat, lockupSat } = readQuote(row.quote)
  const onchainSat = row.amount_msat / 1000n - serviceSat - lockupSat
  const mostSat = onchainSat - onchainNeededSat(row.payout_msat / 1000n, 0n)
  if (claimLimitMsat / 1000n <= mostSat) return
  const most = new Amount((mostSat > 0n ? mostSat : 0n) * 1000n)
  throw invalid('limits.claim', 'too-large', `is more than is left beside the payout: ${most}`)
}

function raised(name: string, beforeMsat: bigint, sat: bigint | undefined): bigint {
  if (sat === undefined) return beforeMsat
  if (sat * 1000n >= beforeMsat) return sat * 1000n
  throw invalid(`limits.${name}`, 'too-small', `is below what it is: ${new Amount(beforeMsat)}`)
}

async function throwOverBudget(
  { storage, settings }: Context,
  { node, budget_period: period }: SwapRow,
  refused: Refused,
  moreMsat: bigint,
): Promise<void> {
  if (refused.reason !== 'bound') return
  const row = await storage.get(liquidityBudgets, [node, period])
  const [budget, spent] = [settings.swapping.perDay, new Amount(row?.spent_msat ?? 0n)]
  const needed = new Amount(moreMsat)
  throw new PaymentNodeError(
    'swap.over-budget',
    `It would need ${needed} more; of the ${budget} of ${period}, ${spent} are taken.`,
    { period, budget, spent, needed },
    { advice: 'Raise swapping.perDay.' },
  )
}
