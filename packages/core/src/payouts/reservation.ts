import type { payouts } from '../tables/payouts.ts'
import type { Fields } from '../tables/table.ts'

/** Who bears what a payout costs. */
export type FeePayer = 'partner' | 'operator'

/** The part of a payout's row that says what it may cost, and whom. */
export type Terms = Pick<Fields<typeof payouts>, 'amount_msat' | 'fee_limit_msat' | 'fees_paid_by'>

/** What may leave the node for it at worst: this counts against the caps, whoever pays the fee. In msat. */
export function worstOf({ amount_msat, fee_limit_msat }: Omit<Terms, 'fees_paid_by'>): bigint {
  return amount_msat + fee_limit_msat
}

/** The worst fee where the operator pays it, for the operator's own limit; else 0n. In msat. */
export function operatorFeesOf(terms: Terms): bigint {
  return terms.fees_paid_by === 'operator' ? terms.fee_limit_msat : 0n
}

/** What is held of the partner's money: without the fee where the operator pays it. In msat. */
export function reservedFor(terms: Terms): bigint {
  return terms.fees_paid_by === 'operator' ? terms.amount_msat : worstOf(terms)
}
