import type { PaymentFailure } from '../ports/lightning-node.ts'

/** recorded → sent → succeeded | failed; recorded, sent → unknown → succeeded | failed. */
export type AttemptState = 'recorded' | 'sent' | 'unknown' | 'succeeded' | 'failed'

/** reserved → sending → succeeded | failed (canceled and queued join with on-chain payouts). */
export type PayoutState = 'reserved' | 'sending' | 'succeeded' | 'failed' | 'canceled'

/** Why a payout ended without paying: LND's reason, or our proof that it never started. */
export type PayoutFailure =
  | PaymentFailure
  | 'expired-before-sending'
  | 'refused'
  | 'resolved-by-operator'

/** What is known when a payout's worker asks what to do. */
export interface AttemptSituation {
  readonly state: AttemptState
  /** The leader epoch it was last sent under, 0 before, and the one we hold. */
  readonly epoch: number
  readonly ourEpoch: number
  /** Send calls issued under `epoch`. */
  readonly sends: number
  /** LND would refuse to start the payment by now, by any clock. */
  readonly isExpired: boolean
  /** The former holder of the storage is provably gone. */
  readonly isExclusive: boolean
  readonly isHalted: boolean
}

export type Evidence =
  /** Nothing was asked yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'in-flight' }
  /** LND is synced, has our identity, and does not know the hash. */
  | { readonly kind: 'not-found' }
  /** LND refused the send call, and does not know the hash. */
  | { readonly kind: 'refused' }
  /** No answer could be had. */
  | { readonly kind: 'silence' }

export type AttemptAction =
  | { readonly do: 'send' }
  | { readonly do: 'track' }
  | { readonly do: 'book-succeeded' }
  | {
      readonly do: 'book-failed'
      readonly because: 'node-says-failed' | 'expired-before-sending' | 'refused'
    }
  | { readonly do: 'mark-unknown' }
  /** Ask again later: nothing may be concluded now. */
  | { readonly do: 'wait'; readonly because: 'halted' | 'may-still-be-sent' | 'silence' }
  | { readonly do: 'nothing' }

/**
 * Money rules 4 and 14 as one function. A failure is booked only when no send call that was ever
 * issued can still start the payment: it was the only call and LND ended it; or its issuer is gone;
 * or the invoice has expired, after which LND refuses to start.
 */
export function decideAttempt(situation: AttemptSituation, evidence: Evidence): AttemptAction {
  const { state } = situation
  if (state === 'succeeded' || state === 'failed') return { do: 'nothing' }

  switch (evidence.kind) {
    case 'succeeded':
      return { do: 'book-succeeded' }
    case 'in-flight':
      return { do: 'track' }
    case 'silence':
      return state === 'unknown' ? { do: 'wait', because: 'silence' } : { do: 'mark-unknown' }
    case 'none':
      if (state !== 'recorded') return { do: 'track' }
      return start(situation)
    case 'failed':
      if (noCallCanStillStart(situation)) return { do: 'book-failed', because: 'node-says-failed' }
      return { do: 'wait', because: 'may-still-be-sent' }
    case 'refused':
      if (noCallCanStillStart(situation)) return { do: 'book-failed', because: 'refused' }
      return { do: 'wait', because: 'may-still-be-sent' }
    case 'not-found':
      return start(situation)
  }
}

function start(situation: AttemptSituation): AttemptAction {
  if (situation.isExpired) return { do: 'book-failed', because: 'expired-before-sending' }
  if (situation.isHalted) return { do: 'wait', because: 'halted' }
  return { do: 'send' }
}

function noCallCanStillStart(situation: AttemptSituation): boolean {
  if (situation.isExpired) return true
  if (situation.epoch !== situation.ourEpoch) return situation.isExclusive
  return situation.sends <= 1
}
