import type { OpenerRefusal } from '../ports/node-channels.ts'

/**
 * intended → opening → pending → open; intended, opening → failed; pending → failed (never funded) |
 * abandoned (an input went elsewhere); failed → pending when LND shows the channel after all.
 */
export type OpeningState = 'intended' | 'opening' | 'pending' | 'open' | 'failed' | 'abandoned'

/** What is known when an opening's worker asks what to do. */
export interface OpeningSituation {
  readonly state: OpeningState
  /** Open calls issued so far, over all epochs. */
  readonly calls: number
  readonly isHalted: boolean
  /** The operator (or a close) has blacklisted the peer since it was intended. */
  readonly isBlacklisted: boolean
}

/** What LND shows of the channel. */
export type OpeningEvidence =
  /** Nothing was asked yet. */
  | { readonly kind: 'none' }
  | { readonly kind: 'connected' }
  /** Nobody answers at the peer's address. */
  | { readonly kind: 'unreachable' }
  /** In the list of opening channels, or returned by the call. */
  | { readonly kind: 'pending' }
  /** It has a confirmed funding; or had, and was closed since. */
  | { readonly kind: 'open' }
  /** LND gave it up before it was funded. */
  | { readonly kind: 'funding-canceled' }
  /** LND was told to forget it. */
  | { readonly kind: 'abandoned' }
  /** LND is synced and has no channel of this intent; `free`: its coins are unspent and unlocked. */
  | { readonly kind: 'absent'; readonly coins: 'free' | 'locked' | 'spent' }
  /** LND refused the call, and has no channel of this intent. */
  | {
      readonly kind: 'refused'
      readonly reason: OpenerRefusal | 'not-allowed'
      readonly coins: 'free' | 'locked' | 'spent'
    }
  /** This connection to LND may not do it (macaroon, build): the call was not made. */
  | { readonly kind: 'not-allowed' }
  /** No answer could be had. */
  | { readonly kind: 'silence' }

export type OpeningAction =
  | { readonly do: 'connect' }
  /** Issue the open call; its intent is recorded first. */
  | { readonly do: 'call' }
  /** Look for the channel by its memo, and at its coins. */
  | { readonly do: 'search' }
  | { readonly do: 'book-pending' }
  | { readonly do: 'book-open' }
  | { readonly do: 'book-failed'; readonly because: OpeningFailure }
  | { readonly do: 'book-abandoned' }
  | { readonly do: 'wait'; readonly because: 'silence' | 'coins-locked' | 'unconfirmed' }
  | { readonly do: 'nothing' }

/** Why a channel was not opened. */
export type OpeningFailure =
  | OpenerRefusal
  /** This connection to LND has no right to it. */
  | 'not-allowed'
  | 'halted'
  | 'peer-blacklisted'
  | 'coins-spent'
  | 'funding-canceled'
  | 'no-answer'

/** Calls after which a peer that never comes to an end is left alone. */
const mostCalls = 3

/**
 * Money rule 7 as one function. A call may be repeated, because the chosen coins cannot fund two
 * channels: while an earlier call is still under way they are locked, and when it has succeeded they
 * are spent. So an opening fails only when LND has no channel of this intent and its coins are free, or are
 * known to have gone elsewhere.
 */
export function decideOpening(
  situation: OpeningSituation,
  evidence: OpeningEvidence,
): OpeningAction {
  const { state, calls } = situation
  const obstacle = obstacleOf(situation)
  if (state === 'open' || state === 'failed' || state === 'abandoned') return { do: 'nothing' }

  switch (evidence.kind) {
    case 'silence':
      return { do: 'wait', because: 'silence' }
    case 'open':
      return { do: 'book-open' }
    case 'pending':
      return state === 'pending' ? { do: 'wait', because: 'unconfirmed' } : { do: 'book-pending' }
    case 'funding-canceled':
      return { do: 'book-failed', because: 'funding-canceled' }
    case 'abandoned':
      return { do: 'book-abandoned' }
    case 'not-allowed':
      return state === 'intended'
        ? { do: 'book-failed', because: 'not-allowed' }
        : { do: 'wait', because: 'silence' }
    case 'none':
      // Intended means that no call was ever made.
      if (state !== 'intended') return { do: 'search' }
      return obstacle ? { do: 'book-failed', because: obstacle } : { do: 'connect' }
    case 'unreachable':
      return state === 'pending'
        ? { do: 'search' }
        : { do: 'book-failed', because: 'peer-unreachable' }
    case 'connected':
      if (state === 'pending') return { do: 'search' }
      return obstacle ? { do: 'book-failed', because: obstacle } : { do: 'call' }
    case 'absent':
      // LND ≥ 0.21 shows a closing channel in no list for a few blocks.
      if (state === 'pending') return { do: 'wait', because: 'unconfirmed' }
      if (evidence.coins === 'locked') return { do: 'wait', because: 'coins-locked' }
      if (evidence.coins === 'spent') return { do: 'book-failed', because: 'coins-spent' }
      if (obstacle) return { do: 'book-failed', because: obstacle }
      // LND may have lost the peer together with the call.
      return calls < mostCalls ? { do: 'connect' } : { do: 'book-failed', because: 'no-answer' }
    case 'refused':
      if (evidence.coins === 'spent') return { do: 'book-failed', because: 'coins-spent' }
      // Perhaps by an earlier call of ours that is still under way: it will end one way or the other.
      if (evidence.coins === 'locked' && calls > 1) return { do: 'wait', because: 'coins-locked' }
      // A restart of LND leaves peers without a channel behind: no fault of theirs.
      if (evidence.reason === 'peer-offline' && calls < mostCalls && !obstacle) {
        return { do: 'connect' }
      }
      return { do: 'book-failed', because: evidence.reason }
  }
}

function obstacleOf(situation: OpeningSituation): 'halted' | 'peer-blacklisted' | undefined {
  if (situation.isHalted) return 'halted'
  return situation.isBlacklisted ? 'peer-blacklisted' : undefined
}

/** Refusals that say something about the peer: it is left alone for a while. */
export function blamesPeer(failure: OpeningFailure): boolean {
  return (
    failure === 'peer-unreachable' ||
    failure === 'peer-offline' ||
    failure === 'peer-refused' ||
    failure === 'too-small' ||
    failure === 'too-large' ||
    failure === 'too-many-pending' ||
    failure === 'funding-canceled'
  )
}
