import type { Amount } from '../domain/amount.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'

/** A swap that the provider's restore call tells of. No key and no preimage is in it. */
export interface LostSwap {
  /** The provider's own id. */
  readonly providerId: string
  /** Null when the swap cannot be made out. */
  readonly paymentHash: string | null
  /**
   * `claimable`; `unreadable`: it is not ours, its metadata is gone, the provider's entry or the address that books have
   * for it is damaged, or it could not be looked at (repeat); `no-lockup`: LND's chain has shown none yet;
   * `too-few-confirmations`: it is not deep enough to reveal anything for it yet; `spent`: claimed or taken back;
   * `no-word`: LND did not say what became of the payment; `returned`: the payment came back; `too-late`: nothing may
   * be revealed any more; `too-small`: less is locked up than was paid for; `not-worth-it`: the claim would cost all of
   * it, or too much of it while the payment may still come back.
   */
  readonly state:
    | 'claimable'
    | 'unreadable'
    | 'no-lockup'
    | 'too-few-confirmations'
    | 'spent'
    | 'no-word'
    | 'returned'
    | 'too-late'
    | 'too-small'
    | 'not-worth-it'
  /** For people. */
  readonly says: string
  /** LND's word about the payment; null: it knows of none. */
  readonly payment: PaymentUpdate['state'] | null
  /** `txid:index` */
  readonly lockup: string | null
  readonly locked: Amount | null
  /** Null: it cannot be read. */
  readonly timeoutHeight: number | null
  readonly blocksLeft: number | null
  /** What claiming it would do. */
  readonly claim: {
    readonly transactionId: string
    readonly destination: string
    readonly fee: Amount
    readonly amount: Amount
  } | null
}
