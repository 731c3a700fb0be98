/**
 * One thing that happens in both worlds. Plain data, so that a sequence can be printed, shrunk and kept
 * as a case. `slot` picks among what the sequence has made so far (modulo its count); with nothing to
 * pick from, the operation does nothing.
 */
export type Operation =
  | InvoiceOperation
  | PaymentOperation
  | HoldOperation
  | ChannelOperation
  | ProcessOperation

/** Invoices of the node under test. */
export type InvoiceOperation =
  | {
      readonly kind: 'create-invoice'
      readonly amountMsat: bigint | null
      readonly description: 'none' | 'memo' | 'hash' | 'too-long'
      readonly isPrivate: boolean
      readonly expirySeconds: number
    }
  /** The preimage of an earlier invoice, with other terms. */
  | { readonly kind: 'create-again'; readonly slot: number }
  /** One second of life; goes on when the node has canceled it. */
  | { readonly kind: 'create-expiring'; readonly amountMsat: bigint | null }
  | { readonly kind: 'cancel-invoice'; readonly slot: number }
  | { readonly kind: 'cancel-unknown' }
  | { readonly kind: 'look-up-unknown' }
  | { readonly kind: 'list-invoices'; readonly after: number; readonly limit: number }
  /** A counterparty pays; the difference is on top of the amount, or of 50 000 sat when it is open. */
  | {
      readonly kind: 'receive'
      readonly slot: number
      readonly from: 'peer' | 'payee'
      readonly differenceMsat: bigint
    }
  | { readonly kind: 'receive-keysend' }

/** Invoices of a counterparty, and paying them. */
export type PaymentOperation =
  | {
      readonly kind: 'pay'
      readonly to: 'peer' | 'payee'
      readonly amountMsat: bigint
      /** The invoice leaves the amount to us. */
      readonly isOpenAmount: boolean
      readonly feeLimitMsat: bigint
      readonly spoiled?: 'canceled' | 'expired' | 'with-amount' | 'without-amount'
    }
  | { readonly kind: 'pay-again'; readonly slot: number; readonly feeLimitMsat: bigint }
  | { readonly kind: 'pay-own'; readonly slot: number }
  | {
      readonly kind: 'pay-malformed'
      readonly how: 'other-network' | 'changed-letter' | 'no-invoice'
    }
  | {
      readonly kind: 'decode'
      readonly slot: number
      readonly how: 'as-it-is' | 'upper-case' | 'other-network' | 'changed-letter' | 'no-invoice'
    }
  | { readonly kind: 'track-unknown' }
  | { readonly kind: 'list-payments'; readonly after: number; readonly limit: number }

/** Payments of ours that the peer holds. */
export type HoldOperation =
  | { readonly kind: 'pay-hold'; readonly amountMsat: bigint }
  | { readonly kind: 'settle-hold'; readonly slot: number }
  | { readonly kind: 'cancel-hold'; readonly slot: number }

/** Channels between the node under test and its peer. */
export type ChannelOperation =
  | {
      readonly kind: 'open-channel'
      readonly opener: 'tested' | 'peer'
      readonly capacitySat: bigint
      readonly pushSat: bigint
      readonly isPrivate: boolean
      readonly satPerVbyte: number
    }
  | {
      readonly kind: 'close-channel'
      readonly closer: 'tested' | 'peer'
      readonly slot: number
      readonly isForce: boolean
    }
  | { readonly kind: 'mine'; readonly blocks: number }

/** The process of the node under test. */
export type ProcessOperation =
  | { readonly kind: 'stop' }
  | { readonly kind: 'start-locked' }
  | { readonly kind: 'unlock' }
  | { readonly kind: 'restart' }
