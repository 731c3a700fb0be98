import { type Context, identityOf } from '../context.ts'
import type { AmountInput } from '../domain/amount.ts'
import { readTraceparent } from '../metrics/read-traceparent.ts'
import { readId, readObject } from '../read-input.ts'
import type { Payout } from './payout-view.ts'
import { placePayout } from './place-payout.ts'
import { type PayoutTermsInput, readAmountOrAll, readTerms, termNames } from './read-terms.ts'

/** Whom to pay, and how much. */
export interface PayoutInput extends PayoutTermsInput {
  /** Whose balance is debited: amount plus the real fee, unless the operator pays the fees. */
  readonly partner: string
  /**
   * Required when the invoice has no amount; otherwise it must be equal. `'all'`: everything available
   * minus the worst-case fee; what is settled meanwhile stays.
   */
  readonly amount?: AmountInput | 'all'
}

/** How a repeated call is recognised; required, because money leaves. */
export interface PayoutOptions {
  /**
   * Required: the same key and parameters never pay twice, for ever. 1 to 255 printable ASCII characters;
   * automatic payouts use keys that begin with `automatic/`.
   */
  readonly idempotencyKey: string
  /** W3C Trace Context of whoever asks: no part of the request, the first call's is kept. */
  readonly traceparent?: string
}

/**
 * Records a payout and reserves amount and worst-case fee in one durable change; sending follows in
 * the background. Returns at once: `reserved` off chain, `queued` on chain (or as it is by now, for a
 * repeated call).
 *
 * Throws, with nothing stored: `input.invalid`, `partner.not-found`, `payout.destination-unsupported`,
 * `payout.destination-invalid`, `payout.hash-used`, `payout.insufficient-balance`, `payout.above-cap`,
 * `payout.above-ceiling`, `payout.below-minimum`, `idempotency.conflict`, `safety.halted`,
 * `node.unavailable`, `storage.unavailable`.
 */
export async function requestPayout(
  context: Context,
  input: PayoutInput,
  options: PayoutOptions,
): Promise<Payout> {
  readObject(input, 'payout', ['partner', 'amount', ...termNames])
  readObject(options, 'options', ['idempotencyKey', 'traceparent'])
  const traceparent = readTraceparent(options.traceparent)
  const idempotencyKey = readId(options.idempotencyKey, 'idempotencyKey')
  const partner = readId(input.partner, 'partner')
  const amount = input.amount === undefined ? undefined : readAmountOrAll(input.amount)
  const terms = readTerms(identityOf(context), input, amount)
  return placePayout(context, {
    purpose: 'payout',
    partner,
    idempotencyKey,
    terms,
    traceparent,
    written: JSON.stringify({ partner, ...terms.written }),
  })
}
