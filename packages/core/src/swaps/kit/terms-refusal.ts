/** One name per check. */
export type TermsRefusalReason =
  | 'terms-malformed'
  | 'prepayment-demanded'
  | 'metadata-differs'
  | 'refund-key-invalid'
  | 'refund-key-ours'
  | 'leaf-missing'
  | 'leaf-extra'
  | 'leaf-version'
  | 'claim-leaf-differs'
  | 'refund-leaf-differs'
  | 'address-differs'
  | 'destination-refused'
  | 'invoice-malformed'
  | 'invoice-wrong-network'
  | 'invoice-hash-differs'
  | 'invoice-amount-differs'
  | 'invoice-own-node'
  | 'invoice-unpayable'
  | 'invoice-expired'
  | 'invoice-timelock-too-long'
  | 'onchain-amount-differs'
  | 'onchain-amount-too-small'
  | 'cost-above-limit'
  | 'timeout-too-soon'
  | 'timeout-too-late'
  | 'metadata-unreadable'
  | 'claim-key-unknown'

/** Why terms are not accepted. */
export interface TermsRefusal {
  readonly reason: TermsRefusalReason
  /** The field of the provider's answer, or of the request. */
  readonly field: string
  /** For people; holds no secret. */
  readonly says: string
}

/** Short for a refusal. */
export function refuseTerms(reason: TermsRefusalReason, field: string, says: string): TermsRefusal {
  return { reason, field, says }
}
