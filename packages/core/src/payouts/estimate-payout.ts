import { type Context, identityOf, requireReady } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import type { DestinationKind } from '../domain/destination.ts'
import { findPartner } from '../partners/get-partner.ts'
import { readId, readObject } from '../read-input.ts'
import { draftPayout } from './draft-payout.ts'
import { readAmountOrAll, readTerms, termNames } from './read-terms.ts'
import type { PayoutInput } from './request-payout.ts'
import type { FeePayer } from './reservation.ts'

/** What a payout would cost, if it were asked for now. */
export interface PayoutEstimate {
  /** How it would be paid: an invoice of a URI rather than its address. */
  readonly destinationKind: DestinationKind
  readonly amount: Amount
  /** On chain: its price at the feerate of now, in a transaction of its own. Off chain: null, routes are found when it is sent. */
  readonly fee: Amount | null
  /** The most that it may cost, which is reserved with the amount. */
  readonly worstFee: Amount
  readonly feesPaidBy: FeePayer
  /** On chain: sat/vB now; else null. */
  readonly feerate: number | null
  /** On chain: sat/vB above which it waits; else null. */
  readonly ceiling: number | null
  /** `queued`: it waits until the feerate is acceptable. On chain `now` still collects others for a while, unless it is quick. */
  readonly when: 'now' | 'queued'
  /** For people; null when there is nothing to say. */
  readonly says: string | null
}

/**
 * The price before the call, for any destination; stores nothing and reserves nothing. Servers behind
 * Lightning addresses are not asked. Throws as `payouts.request`, except for balance and caps: with
 * `amount: 'all'` for the balance, too.
 */
export async function estimatePayout(
  context: Context,
  input: PayoutInput,
): Promise<PayoutEstimate> {
  readObject(input, 'payout', ['partner', 'amount', ...termNames])
  const id = readId(input.partner, 'partner')
  const amount = input.amount === undefined ? undefined : readAmountOrAll(input.amount)
  const terms = readTerms(identityOf(context), input, amount)
  const identity = requireReady(context)
  const partner = await findPartner(context, id)
  const draft = await draftPayout(context, identity, partner, { terms })
  const { queue } = draft
  return {
    destinationKind: draft.kind,
    amount: new Amount(draft.amountMsat),
    fee: queue?.fee ?? null,
    worstFee: new Amount(draft.feeLimitMsat),
    feesPaidBy: partner.fees_paid_by === 'operator' ? 'operator' : 'partner',
    feerate: queue?.feerate ?? null,
    ceiling: queue?.ceilingNow ?? null,
    when: queue && !queue.isAcceptable ? 'queued' : 'now',
    says: queue?.says ?? null,
  }
}
