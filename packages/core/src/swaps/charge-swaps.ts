import { type Context, type Identity, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import { chargeBudget, returnToBudget } from '../liquidity/charge-budget.ts'
import type { Refused, Write } from '../ports/storage.ts'
import { liquidityBudgets, type swaps, swapTotals } from '../tables/swaps.ts'
import { type Fields, insert, type RowOf } from '../tables/table.ts'
import { swappingCap } from './read-swappable.ts'

/** What swaps that are stored together take of the caps, in msat. */
export interface SwapCharge {
  readonly provider: string
  readonly amountMsat: bigint
  readonly worstMsat: bigint
  /** What the node has in its channels, swaps under way included. */
  readonly outboundMsat: bigint
  /** UTC day. */
  readonly period: string
}

type Cap = 'in-flight' | 'provider-in-flight' | 'outbound' | 'budget'

interface Counted {
  readonly cap: Cap
  readonly limitMsat: bigint
  readonly askedMsat: bigint
  readonly write: Write
}

/**
 * The bounded adds that count swaps against every cap, for the change that stores them (money rule 3). Throws
 * `swap.above-cap` and `swap.over-budget` for what is too much by itself; {@link throwRefusedCharge} says the rest.
 */
export async function chargeSwaps(
  context: Context,
  identity: Identity,
  charge: SwapCharge,
): Promise<readonly Counted[]> {
  const { swapping } = context.settings
  const counted = [
    await count(context, identity, {
      ...swappingCap(context, charge.outboundMsat),
      askedMsat: charge.amountMsat,
      scope: 'all',
    }),
    await count(context, identity, {
      cap: 'provider-in-flight',
      limitMsat: swapping.inFlightPerProvider.msat,
      askedMsat: charge.amountMsat,
      scope: `provider/${charge.provider}`,
    }),
    {
      cap: 'budget' as const,
      askedMsat: charge.worstMsat,
      ...(await chargeBudget(context, identity, charge.period, charge.worstMsat)),
    },
  ]
  for (const one of counted) if (one.askedMsat > one.limitMsat) throw above(one, 0n, charge.period)
  return counted
}

async function count(
  { storage }: Context,
  identity: Identity,
  {
    scope,
    ...asked
  }: { readonly cap: Cap; readonly limitMsat: bigint; readonly askedMsat: bigint; scope: string },
): Promise<Counted> {
  const row = await storage.get(swapTotals, [identity.publicKey, scope])
  const write: Write = row
    ? addToTotal(identity, scope, asked.askedMsat, asked.limitMsat)
    : insert(swapTotals, { ...rowBase(identity), scope, amount_msat: asked.askedMsat })
  return { ...asked, write }
}

function addToTotal({ publicKey }: Identity, scope: string, by: bigint, max?: bigint): Write {
  const key = [publicKey, scope]
  return {
    op: 'add',
    table: swapTotals,
    key,
    column: 'amount_msat',
    by,
    ...(max !== undefined && { max }),
  }
}

/** Throws when a refusal says that a cap is reached; returns when it must be decided again. */
export async function throwRefusedCharge(
  { storage }: Context,
  { publicKey }: Identity,
  refused: Refused,
  write: Write | undefined,
  charge: SwapCharge,
  counted: readonly Counted[],
): Promise<void> {
  if (refused.reason !== 'bound') return
  const one = counted.find((candidate) => candidate.write === write)
  if (!one) return
  const scope = one.cap === 'provider-in-flight' ? `provider/${charge.provider}` : 'all'
  const usedMsat =
    one.cap === 'budget'
      ? (await storage.get(liquidityBudgets, [publicKey, charge.period]))?.spent_msat
      : (await storage.get(swapTotals, [publicKey, scope]))?.amount_msat
  throw above(one, usedMsat ?? 0n, charge.period)
}

function above(
  { cap, limitMsat, askedMsat }: Counted,
  usedMsat: bigint,
  period: string,
): PaymentNodeError<'swap.over-budget'> | PaymentNodeError<'swap.above-cap'> {
  const [limit, requested] = [new Amount(limitMsat), new Amount(askedMsat)]
  if (cap === 'budget') {
    const spent = new Amount(usedMsat)
    return new PaymentNodeError(
      'swap.over-budget',
      `It may cost ${requested}; of the ${limit} of ${period}, ${spent} are taken.`,
      { period, budget: limit, spent, needed: requested },
      { advice: 'Try again tomorrow, or raise swapping.perDay.' },
    )
  }
  return new PaymentNodeError(
    'swap.above-cap',
    `With ${requested} more than ${limit} would be under way (${cap}); now it is ${new Amount(usedMsat)}.`,
    { cap, limit, requested },
    { advice: 'Try again when a swap has ended, or swap less.' },
  )
}

/** Gives back, when a swap has ended, its place and what it did not cost. */
export function returnCharge(
  identity: Identity,
  row: Pick<
    RowOf<typeof swaps> | Fields<typeof swaps>,
    'provider' | 'amount_msat' | 'worst_cost_msat' | 'budget_period'
  >,
  spentMsat: bigint,
): Write[] {
  return [
    addToTotal(identity, 'all', -row.amount_msat),
    addToTotal(identity, `provider/${row.provider}`, -row.amount_msat),
    ...returnToBudget(identity, row.budget_period, row.worst_cost_msat, spentMsat),
  ]
}
