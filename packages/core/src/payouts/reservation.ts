import type { payouts } from '../tables/payouts.ts'
import type { Fields } from '../tables/table.ts'

/** Who bears what a payout costs. */
export type FeePayer = 'partner' | 'operator'

type Terms = Pick<Fields<typeof payouts>, 'amount_msat' | 'fee_limit_msat' | 'fees_paid_by'>

/** What may leave the node for it at worst: this counts against the caps, whoever pays the fee. In msat. */
export function worstOf({ amount_msat, fee_limit_msat }: Omit<Terms, 'fees_paid_by'>): bigint {
  return amount_msat + fee_limit_msat
}

/** What is held of the partner's money: without the fee where the operator pays it. In msat. */
export function reservedFor(terms: Terms): bigint {
  return terms.fees_paid_by === 'operator' ? terms.amount_msat : worstOf(terms)
}
