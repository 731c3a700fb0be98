import type { Party } from './world.ts'

/**
 * One thing that happens in both worlds. Plain data, so that a sequence can be printed, shrunk and kept
 * as a case. `slot` picks among what the sequence has made so far (modulo its count, below zero from the
 * newest on); with nothing to pick from, the operation does nothing.
 */
export type Operation =
  | InvoiceOperation
  | PaymentOperation
  | HoldOperation
  | ChannelOperation
  | ReadingOperation
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

/** Payments of ours that the peer holds, or that go on beside what comes next. */
export type HoldOperation =
  /** Goes on when the payment is in flight, wherever it hangs. */
  | { readonly kind: 'start-paying'; readonly amountMsat: bigint }
  | { readonly kind: 'pay-hold'; readonly amountMsat: bigint }
  | { readonly kind: 'settle-hold'; readonly slot: number }
  | { readonly kind: 'cancel-hold'; readonly slot: number }

/** Channels of the node under test, opened and closed through the port by either end. */
export type ChannelOperation =
  | {
      readonly kind: 'open-channel'
      readonly opener: Party
      /** Ignored unless the node under test opens. */
      readonly to: 'peer' | 'payee' | 'nobody' | 'itself'
      readonly capacitySat: bigint
      readonly isPrivate: boolean
      readonly satPerVbyte: number
      readonly coins: CoinChoice
    }
  | {
      readonly kind: 'close-channel'
      readonly closer: 'us' | 'other'
      readonly slot: number
      readonly isForce: boolean
      readonly satPerVbyte?: number
      /** By force: the other end is left in the belief that it is open; payments hang until it is mined. */
      readonly leavesOtherUnaware?: true
    }
  /** Asks again for a close that is under way, or for one of a channel that never was. */
  | { readonly kind: 'close-again'; readonly slot: number; readonly isForce: boolean }
  | { readonly kind: 'close-unknown' }
  | { readonly kind: 'abandon-unknown' }
  | { readonly kind: 'connect'; readonly to: 'peer' | 'payee'; readonly isWrongAddress: boolean }
  /** One after the other with a look after each, unless nothing can happen in between. */
  | { readonly kind: 'mine'; readonly blocks: number; readonly atOnce?: true }

/** Which outputs of the wallet fund a channel. */
export type CoinChoice = 'largest' | 'smallest' | 'two' | 'unconfirmed' | 'spent' | 'unknown'

/** The wallet, the graph, and what channels ask. */
export type ReadingOperation =
  | { readonly kind: 'new-address'; readonly type: 'taproot' | 'witness-public-key-hash' }
  | { readonly kind: 'estimate-feerate'; readonly blocks: number }
  | { readonly kind: 'required-reserve'; readonly additional: number }
  | { readonly kind: 'publish'; readonly what: 'known' | 'garbage' }
  | { readonly kind: 'find-node'; readonly which: Party | 'nobody' }
  | {
      readonly kind: 'write-policy'
      readonly slot: number
      readonly baseFeeMsat: bigint
      readonly feeRatePpm: number
      readonly timeLockDeltaBlocks: number
    }
  /** The payee pays the peer; the way is over the node under test when its own channel is too small. */
  | { readonly kind: 'forward'; readonly amountMsat: bigint }

/** The process of the node under test. */
export type ProcessOperation =
  | { readonly kind: 'stop' }
  | { readonly kind: 'start-locked' }
  | { readonly kind: 'unlock' }
  | { readonly kind: 'restart' }
