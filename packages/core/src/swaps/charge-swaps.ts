import { type Context, type Identity, rowBase } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { utcDay } from '../domain/utc-day.ts'
import { PaymentNodeError } from '../errors.ts'
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

/** The UTC day whose budget pays. */
export function budgetPeriod(now: number): string {
  return utcDay(now)
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
    await countBudget(context, identity, charge.period, charge.worstMsat),
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
  const key = [identity.publicKey, scope]
  const row = await storage.get(swapTotals, key)
  const write: Write = row
    ? add(swapTotals, key, 'amount_msat', asked.askedMsat, asked.limitMsat)
    : insert(swapTotals, { ...rowBase(identity), scope, amount_msat: asked.askedMsat })
  return { ...asked, write }
}

async function countBudget(
  { storage, settings }: Context,
  identity: Identity,
  period: string,
  worstMsat: bigint,
): Promise<Counted> {
  const key = [identity.publicKey, period]
  const limitMsat = settings.swapping.perDay.msat
  const row = await storage.get(liquidityBudgets, key)
  const write: Write = row
    ? add(liquidityBudgets, key, 'spent_msat', worstMsat, limitMsat)
    : insert(liquidityBudgets, { ...rowBase(identity), period, spent_msat: worstMsat })
  return { cap: 'budget', limitMsat, askedMsat: worstMsat, write }
}

function add(
  table: typeof swapTotals | typeof liquidityBudgets,
  key: readonly string[],
  column: string,
  by: bigint,
  max?: bigint,
): Write {
  return { op: 'add', table, key, column, by, ...(max !== undefined && { max }) }
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
  { publicKey }: Identity,
  row: Pick<
    RowOf<typeof swaps> | Fields<typeof swaps>,
    'provider' | 'amount_msat' | 'worst_cost_msat' | 'budget_period'
  >,
  spentMsat: bigint,
): Write[] {
  // A gain is no budget for others.
  const cost = spentMsat > 0n ? spentMsat : 0n
  return [
    add(swapTotals, [publicKey, 'all'], 'amount_msat', -row.amount_msat),
    add(swapTotals, [publicKey, `provider/${row.provider}`], 'amount_msat', -row.amount_msat),
    ...(cost === row.worst_cost_msat
      ? []
      : [
          add(
            liquidityBudgets,
            [publicKey, row.budget_period],
            'spent_msat',
            cost - row.worst_cost_msat,
          ),
        ]),
  ]
}

/** Charges what limits that were raised may cost more, to the budget of the swap's own day. */
export function chargeMore(
  { settings }: Context,
  { publicKey }: Identity,
  period: string,
  moreMsat: bigint,
): Write {
  const max = settings.swapping.perDay.msat
  return add(liquidityBudgets, [publicKey, period], 'spent_msat', moreMsat, max)
}
