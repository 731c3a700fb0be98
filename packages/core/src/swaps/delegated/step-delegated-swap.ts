import type { DelegatedSwapState } from '../../domain/swap.ts'

/** What has become of a daemon's swap. */
export type DelegatedFact =
  /** The daemon has it under our label. */
  | 'accepted'
  /** Its preimage is revealed: the daemon must sweep now. */
  | 'running'
  /** The sweep is final, and LND has come to its end with the payment. */
  | 'completed'
  /** It is over without coins, and LND has come to its end with the payment. */
  | 'failed'
  /** It was never started, for certain, or somebody says so. */
  | 'not-started'
  /** Nobody knows how it goes on without somebody's help. */
  | 'stuck'

/** The next state, or why the fact cannot be true. */
export type DelegatedStep =
  | { readonly ok: true; readonly state: DelegatedSwapState }
  | { readonly ok: false; readonly refusal: 'has-ended' | 'out-of-order' }

const edges: Readonly<
  Record<DelegatedSwapState, Partial<Readonly<Record<DelegatedFact, DelegatedSwapState>>>>
> = {
  // A lost reply, or a daemon that was faster than its list.
  requested: {
    accepted: 'accepted',
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    'not-started': 'failed',
    stuck: 'needs-operator',
  },
  accepted: {
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    stuck: 'needs-operator',
  },
  running: { completed: 'completed', failed: 'failed', stuck: 'needs-operator' },
  // A restart of the daemon takes it up again; what it never had is given up.
  'needs-operator': {
    accepted: 'accepted',
    running: 'running',
    completed: 'completed',
    failed: 'failed',
    'not-started': 'failed',
  },
  completed: {},
  failed: {},
}

/** What is not an edge is refused: what was revealed is never taken back to what was not. */
export function stepDelegatedSwap(state: DelegatedSwapState, fact: DelegatedFact): DelegatedStep {
  const next = edges[state][fact]
  if (next) return { ok: true, state: next }
  return { ok: false, refusal: isDelegatedOver(state) ? 'has-ended' : 'out-of-order' }
}

/** Whether nothing can become of it any more. */
export function isDelegatedOver(state: DelegatedSwapState): boolean {
  return Object.keys(edges[state]).length === 0
}

/** The states in which a daemon's swap is looked after. */
export const livingDelegated: readonly DelegatedSwapState[] = [
  'requested',
  'accepted',
  'running',
  'needs-operator',
]
