import type { OpenerRefusal } from '../ports/node-channels.ts'

/** intended → closing → closed; intended, closing → refused. A forced request takes up a cooperative one that waits. */
export type ClosingState = 'intended' | 'closing' | 'closed' | 'refused'

/** What is known when the worker of a close asks what to do. */
export interface ClosingSituation {
  readonly state: ClosingState
  readonly isForce: boolean
  /** LND was found behind the books (money rule 15): a close would publish an old state. */
  readonly isNodeBehind: boolean
}

/** What LND and the books show of the channel. */
export type ClosingEvidence =
  /** Open in LND; `isOlder`: with fewer updates than the books have seen. */
  | { readonly kind: 'open'; readonly isOlder: boolean }
  /** Not confirmed yet. */
  | { readonly kind: 'opening' }
  /** A close is under way; without a transaction it is being agreed on. */
  | { readonly kind: 'closing'; readonly transaction?: string }
  | { readonly kind: 'closed' }
  /** In no list of LND; `isKnown`: the books have it. LND ≥ 0.21 does that with a closing channel for some blocks. */
  | { readonly kind: 'unlisted'; readonly isKnown: boolean }
  /** The call came back: closing. */
  | { readonly kind: 'called'; readonly transaction?: string }
  | { readonly kind: 'refused'; readonly reason: OpenerRefusal; readonly isKnown: boolean }
  /** No answer could be had. */
  | { readonly kind: 'silence' }

export type ClosingAction =
  | { readonly do: 'call' }
  | { readonly do: 'book-closing'; readonly transaction?: string }
  | { readonly do: 'book-closed' }
  | { readonly do: 'book-refused'; readonly because: ClosingRefusal }
  | { readonly do: 'wait'; readonly because: ClosingDelay | null }
  | { readonly do: 'nothing' }

/** Why a channel is not closed, for good. */
export type ClosingRefusal =
  | 'channel-not-found'
  | 'channel-state'
  /** The autopilot's: promised, no longer ours, or money has moved in since. */
  | 'channel-needed'

/** Why a close waits; the operator may force it meanwhile. */
export type ClosingDelay =
  | Exclude<OpenerRefusal, ClosingRefusal>
  | 'node-behind'
  | 'not-confirmed'
  | 'unlisted'
  | 'no-answer'
  /** The autopilot's alone: an operator's close waits for none of these. */
  | 'halted'
  | 'paused'
  | 'feerate-rose'

/**
 * What the next step of a close is. Closing is safe to repeat: LND takes a second call for success while
 * the first one is under way, so every doubt ends in calling again.
 */
export function decideClosing(
  { state, isForce, isNodeBehind }: ClosingSituation,
  evidence: ClosingEvidence,
): ClosingAction {
  if (state === 'closed' || state === 'refused') return { do: 'nothing' }
  switch (evidence.kind) {
    case 'closed':
      return { do: 'book-closed' }
    case 'called':
      return bookClosing(evidence.transaction)
    case 'closing':
      // What waits for an agreement that may never come can still be forced.
      if (isForce && evidence.transaction === undefined && state === 'intended') {
        return isNodeBehind ? { do: 'wait', because: 'node-behind' } : { do: 'call' }
      }
      return state === 'closing' && evidence.transaction === undefined
        ? { do: 'wait', because: null }
        : bookClosing(evidence.transaction)
    case 'open':
      if (isNodeBehind || evidence.isOlder) return { do: 'wait', because: 'node-behind' }
      return { do: 'call' }
    case 'opening':
      return { do: 'wait', because: 'not-confirmed' }
    case 'unlisted':
      return evidence.isKnown
        ? { do: 'wait', because: 'unlisted' }
        : { do: 'book-refused', because: 'channel-not-found' }
    case 'refused':
      if (evidence.reason === 'channel-not-found') {
        return evidence.isKnown
          ? { do: 'wait', because: 'unlisted' }
          : { do: 'book-refused', because: 'channel-not-found' }
      }
      if (evidence.reason === 'channel-state') {
        return { do: 'book-refused', because: 'channel-state' }
      }
      return { do: 'wait', because: evidence.reason }
    case 'silence':
      return { do: 'wait', because: 'no-answer' }
  }
}

function bookClosing(transaction: string | undefined): ClosingAction {
  return { do: 'book-closing', ...(transaction !== undefined && { transaction }) }
}
