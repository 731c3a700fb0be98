/**
 * A self-custodial swap: created → verified → paying → held → lockup-seen → lockup-confirmed →
 * preimage-revealed → claim-published → claimed. Before anything is revealed it can end as `failed-unpaid`
 * (nothing was ever paid) or `returned` (the payment came back, whole); after that only as `claimed` or `lost`, or as
 * `returned` where the provider took its lockup back and gave the payment back.
 */
export type SwapState =
  /** Keys are chosen and stored; the provider is asked. */
  | 'created'
  /** Its whole answer is stored, and holds. */
  | 'verified'
  /** The hold invoice may have been handed to LND. */
  | 'paying'
  /** The provider holds the payment. */
  | 'held'
  /** The provider says that its lockup is in the mempool; a hint. */
  | 'lockup-seen'
  /** LND's chain has the lockup, and it is exactly ours. */
  | 'lockup-confirmed'
  /** From here on the swap must be claimed. */
  | 'preimage-revealed'
  | 'claim-published'
  | 'claimed'
  | 'failed-unpaid'
  | 'returned'
  | 'lost'

/** What has become of a swap. */
export type SwapFact =
  /** The answer is stored and has passed every check. */
  | 'verified'
  /** No usable answer, or one that does not hold: nothing was paid. */
  | 'refused'
  /** Intent to pay: stored before LND is asked. */
  | 'paying'
  /** LND says that the payment is in flight with the provider. */
  | 'held'
  /** LND says for certain that the payment has failed: nothing was paid. */
  | 'payment-failed'
  | 'lockup-seen'
  | 'lockup-confirmed'
  /** A reorganization took the lockup out of its block. */
  | 'lockup-gone'
  /** Intent to reveal: the claim's bytes are stored in the same change. */
  | 'revealed'
  | 'claim-published'
  /** The claim is deep enough to be taken for good. */
  | 'claim-buried'
  /** Somebody else spent the lockup, and that is deep enough; the preimage was revealed. */
  | 'lockup-taken'
  /** The same, and LND says for certain that the payment has failed: nothing is gone. */
  | 'taken-back'

/** The next state, or why the fact cannot be true. */
export type SwapStep =
  | { readonly ok: true; readonly state: SwapState }
  | { readonly ok: false; readonly refusal: 'is-revealed' | 'has-ended' | 'out-of-order' }

const edges: Readonly<Record<SwapState, Partial<Readonly<Record<SwapFact, SwapState>>>>> = {
  created: { verified: 'verified', refused: 'failed-unpaid' },
  // The wait for a better moment may end it: nothing was paid yet.
  verified: { paying: 'paying', refused: 'failed-unpaid' },
  // LND may skip `held`: the lockup is there when we come back.
  paying: {
    held: 'held',
    'payment-failed': 'failed-unpaid',
    'lockup-seen': 'lockup-seen',
    'lockup-confirmed': 'lockup-confirmed',
  },
  held: {
    'lockup-seen': 'lockup-seen',
    'lockup-confirmed': 'lockup-confirmed',
    'payment-failed': 'returned',
  },
  'lockup-seen': {
    'lockup-confirmed': 'lockup-confirmed',
    'lockup-gone': 'held',
    'payment-failed': 'returned',
  },
  'lockup-confirmed': {
    revealed: 'preimage-revealed',
    'lockup-gone': 'held',
    'payment-failed': 'returned',
  },
  'preimage-revealed': {
    'claim-published': 'claim-published',
    'claim-buried': 'claimed',
    'lockup-taken': 'lost',
    'taken-back': 'returned',
    // Revealed, and yet never paid: the claim goes on, it is ours if it confirms.
  },
  'claim-published': {
    'claim-buried': 'claimed',
    'lockup-taken': 'lost',
    'taken-back': 'returned',
  },
  claimed: {},
  'failed-unpaid': {},
  returned: {},
  lost: {},
}

/** Money rule 11 as one function; what is not an edge is refused. */
export function stepSwap(state: SwapState, fact: SwapFact): SwapStep {
  const next = edges[state][fact]
  if (next) return { ok: true, state: next }
  if (hasEnded(state)) return { ok: false, refusal: 'has-ended' }
  const isRevealed = state === 'preimage-revealed' || state === 'claim-published'
  const wouldEnd = fact === 'payment-failed' || fact === 'refused' || fact === 'lockup-gone'
  return { ok: false, refusal: isRevealed && wouldEnd ? 'is-revealed' : 'out-of-order' }
}

/** Whether nothing can become of it any more. */
export function hasEnded(state: SwapState): boolean {
  return Object.keys(edges[state]).length === 0
}

/** requested → accepted → running → completed | failed | needs-operator: what a daemon reports (loopd). */
export type DelegatedSwapState =
  | 'requested'
  | 'accepted'
  | 'running'
  | 'completed'
  | 'failed'
  | 'needs-operator'
