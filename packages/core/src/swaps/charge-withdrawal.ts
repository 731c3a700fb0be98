import type { Context, Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import {
  capDay,
  countAgainstOperatorDay,
  returnToOperatorDay,
} from '../payouts/count-against-day.ts'
import type { Refused, Write } from '../ports/storage.ts'
import type { swaps } from '../tables/swaps.ts'
import type { Fields } from '../tables/table.ts'
import { returnCharge } from './charge-swaps.ts'

type Withdrawal = Pick<Fields<typeof swaps>, 'destination_kind' | 'amount_msat' | 'created_at'>

/**
 * Swaps to an address of the operator's send money away, as payouts to `payouts.operatorAddress` do: their whole amount
 * counts in the same day, by a bounded add in the change that stores them. What goes to LND's wallet stays ours, and a
 * payout that is bound to a swap is counted already. Undefined: nothing counts. Throws `swap.above-cap`.
 */
export async function chargeWithdrawal(
  context: Context,
  identity: Identity,
  rows: readonly Withdrawal[],
): Promise<Write | undefined> {
  const [first] = rows
  if (first?.destination_kind !== 'operator') return undefined
  const askedMsat = amountOf(rows)
  const { capPerPayout } = context.settings
  // One request is one decision, however many swaps it takes.
  if (askedMsat > capPerPayout.msat) throw above('per-payout', capPerPayout, askedMsat)
  return countAgainstOperatorDay(context, identity, capDay(first.created_at), askedMsat)
}

/** Throws when the day has no room for it; returns when it must be decided again. */
export function throwRefusedWithdrawal(
  { settings }: Context,
  { reason }: Refused,
  isWithdrawal: boolean,
  rows: readonly Withdrawal[],
): void {
  if (reason === 'bound' && isWithdrawal)
    throw above('operator-per-day', settings.capOperatorPerDay, amountOf(rows))
}

/** Nothing left the node: caps and budget have all of it again, and the operator's day what should have gone outside. */
export function returnAll(
  identity: Identity,
  row: Withdrawal & Parameters<typeof returnCharge>[1],
): Write[] {
  return [...returnCharge(identity, row, 0n), ...returnWithdrawal(identity, row)]
}

/** Of it the operator's day alone. */
export function returnWithdrawal(identity: Identity, row: Withdrawal): Write[] {
  if (row.destination_kind !== 'operator') return []
  return [returnToOperatorDay(identity, capDay(row.created_at), row.amount_msat)]
}

function amountOf(rows: readonly Withdrawal[]): bigint {
  return rows.reduce((sum, { amount_msat }) => sum + amount_msat, 0n)
}

const advice = {
  'per-payout': 'Swap less at once, swap to the wallet of LND, or raise caps.perPayout.',
  'operator-per-day':
    'Wait for the next UTC day, swap to the wallet of LND, or raise caps.operatorPerDay.',
} as const

function above(
  cap: keyof typeof advice,
  limit: Amount,
  askedMsat: bigint,
): PaymentNodeError<'swap.above-cap'> {
  const requested = new Amount(askedMsat)
  const left = cap === 'per-payout' ? '' : 'what is left today of '
  return new PaymentNodeError(
    'swap.above-cap',
    `${requested} to an address outside is above ${left}the cap ${cap} of ${limit}.`,
    { cap, limit, requested },
    { advice: advice[cap] },
  )
}
