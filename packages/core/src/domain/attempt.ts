/** recorded → sent → succeeded | failed; recorded, sent → unknown → succeeded | failed. */
export type AttemptState = 'recorded' | 'sent' | 'unknown' | 'succeeded' | 'failed'

/**
 * Off chain: reserved → sending → succeeded | failed. On chain: queued → sending → succeeded, back to
 * queued when its transaction was given up before anything was signed, or queued → canceled | failed.
 */
export type PayoutState = 'reserved' | 'queued' | 'sending' | 'succeeded' | 'failed' | 'canceled'

/** What is known when a payout's worker asks what to do. */
export interface AttemptSituation {
  readonly state: AttemptState
  /** The leader epoch it was last sent under, 0 before, and the one we hold. */
  readonly epoch: number
  readonly ourEpoch: number
  /** Send calls issued under `epoch`. */
  readonly sends: number
  /** LND has shown that it has the payment. */
  readonly isSeen: boolean
  /** By our clock, with a margin: worth asking LND, which judges by its own. */
  readonly isExpired: boolean
  /** The former holder of the storage is provably gone. */
  readonly isExclusive: boolean
  readonly isHalted: boolean
  /** LND came back with an old state: what it has forgotten or failed proves nothing. */
  readonly isNodeBehind: boolean
  /** Whether the channels can send it now; looked at only before it was ever sent. */
  readonly outbound: 'enough' | 'short' | 'short-for-too-long'
}

export type Evidence =
  /** Nothing was asked yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'succeeded' }
  /** Of this attempt, not of an earlier one with the same hash. */
  | { readonly kind: 'failed'; readonly isExpired?: boolean }
  | { readonly kind: 'in-flight' }
  /** LND is synced, has our identity, and does not know the hash. */
  | { readonly kind: 'not-found' }
  /** LND refused the send call, and does not know the hash. */
  | { readonly kind: 'refused'; readonly isExpired?: boolean }
  /** No answer could be had. */
  | { readonly kind: 'silence' }

/** Why nothing may be concluded now. `forgotten`: LND had the payment and does not know it any more. */
export type WaitReason = 'halted' | 'may-still-be-sent' | 'silence' | 'forgotten' | 'outbound-short'

export type AttemptAction =
  | { readonly do: 'send' }
  | { readonly do: 'track' }
  | { readonly do: 'book-succeeded' }
  | {
      readonly do: 'book-failed'
      readonly because: 'node-says-failed' | 'expired-before-sending' | 'refused' | 'outbound-short'
    }
  | { readonly do: 'mark-unknown' }
  /** Ask again later: nothing may be concluded now. */
  | { readonly do: 'wait'; readonly because: WaitReason }
  | { readonly do: 'nothing' }

/**
 * Money rules 4 and 14 as one function. A failure is booked only when no send call that was ever
 * issued can still start the payment: it was the only call and LND ended it; or its issuer is gone;
 * or LND itself has just said that the invoice has expired. What LND has once shown is never taken
 * for something that did not happen.
 */
export function decideAttempt(situation: AttemptSituation, evidence: Evidence): AttemptAction {
  const { state, isSeen } = situation
  if (state === 'succeeded' || state === 'failed') return { do: 'nothing' }

  switch (evidence.kind) {
    case 'succeeded':
      return { do: 'book-succeeded' }
    case 'in-flight':
      return { do: 'track' }
    case 'silence':
      if (state === 'unknown' || isSeen) return { do: 'wait', because: 'silence' }
      return { do: 'mark-unknown' }
    case 'none':
      return state === 'recorded' ? start(situation) : { do: 'track' }
    case 'not-found':
      return isSeen ? forgotten(state) : start(situation)
    case 'failed':
      if (situation.isNodeBehind) return { do: 'wait', because: 'halted' }
      if (noCallCanStillStart(situation, evidence.isExpired)) {
        return { do: 'book-failed', because: 'node-says-failed' }
      }
      // By our clock it has expired: LND refuses to start it and says so, or it is still our debt.
      if (situation.isExpired && !situation.isHalted) return { do: 'send' }
      return { do: 'wait', because: 'may-still-be-sent' }
    case 'refused':
      // It does not know the hash either.
      if (isSeen) return forgotten(state)
      if (situation.isNodeBehind) return { do: 'wait', because: 'halted' }
      if (evidence.isExpired) return { do: 'book-failed', because: 'expired-before-sending' }
      if (noCallCanStillStart(situation)) return { do: 'book-failed', because: 'refused' }
      return { do: 'wait', because: 'may-still-be-sent' }
  }
}

function forgotten(state: AttemptState): AttemptAction {
  return state === 'unknown' ? { do: 'wait', because: 'forgotten' } : { do: 'mark-unknown' }
}

function start(situation: AttemptSituation): AttemptAction {
  // Recorded means that no call was ever made.
  if (situation.state === 'recorded' && situation.isExpired) {
    return { do: 'book-failed', because: 'expired-before-sending' }
  }
  if (situation.isHalted) return { do: 'wait', because: 'halted' }
  // Never sent: nothing is in flight, so that it may wait, and its failure is certain.
  if (situation.state === 'recorded') {
    if (situation.outbound === 'short') return { do: 'wait', because: 'outbound-short' }
    if (situation.outbound === 'short-for-too-long')
      return { do: 'book-failed', because: 'outbound-short' }
  }
  return { do: 'send' }
}

function noCallCanStillStart(situation: AttemptSituation, isExpiredByNode = false): boolean {
  if (isExpiredByNode) return true
  if (situation.epoch !== situation.ourEpoch) return situation.isExclusive
  return situation.sends <= 1
}
