/**
 * intended → funded → signed → published ⇄ confirmed → final; intended, funded → given-up, and funded →
 * intended when LND no longer holds its inputs; intended, funded → published when LND shows that newer books did; signed, published → conflicted, or given-up by an operator. From `signed` on its bytes
 * are stored, and nothing else is ever published for it (money rule 6).
 */
export type TransactionState =
  | 'intended'
  | 'funded'
  | 'signed'
  | 'published'
  | 'confirmed'
  | 'final'
  | 'given-up'
  | 'conflicted'

/** What has become of a transaction. */
export type TransactionFact =
  /** LND chose and locked inputs. */
  | 'funded'
  /** The locks have run out, or were given back: other inputs will be chosen. */
  | 'unlocked'
  /** Its bytes are stored, in the same change. */
  | 'signed'
  /** LND's wallet has it, published by newer books than these: its bytes are stored, in the same change. */
  | 'found'
  /** The network has it, or had it. */
  | 'published'
  | 'confirmed'
  /** A reorganization took it out of its block. */
  | 'unconfirmed'
  /** Deep enough to be taken for good. */
  | 'buried'
  /** Another transaction spent one of its inputs, and is deep enough: this one can never confirm. */
  | 'conflicted'
  /** It will not be made. */
  | 'given-up'
  /** The operator says that it can never confirm: its bytes are not published again. */
  | 'abandoned'

/** The next state, or why the fact cannot be true. */
export type TransactionStep =
  | { readonly ok: true; readonly state: TransactionState }
  | { readonly ok: false; readonly refusal: 'bytes-are-stored' | 'has-ended' | 'out-of-order' }

const edges: Readonly<
  Record<TransactionState, Partial<Readonly<Record<TransactionFact, TransactionState>>>>
> = {
  intended: { funded: 'funded', found: 'published', 'given-up': 'given-up' },
  funded: { signed: 'signed', found: 'published', unlocked: 'intended', 'given-up': 'given-up' },
  // Whoever published it may have died before the answer came.
  signed: {
    published: 'published',
    confirmed: 'confirmed',
    conflicted: 'conflicted',
    abandoned: 'given-up',
  },
  published: { confirmed: 'confirmed', conflicted: 'conflicted', abandoned: 'given-up' },
  confirmed: { unconfirmed: 'published', buried: 'final' },
  final: {},
  'given-up': {},
  conflicted: {},
}

/** Money rule 6 as one function; what is not an edge is refused. */
export function stepTransaction(state: TransactionState, fact: TransactionFact): TransactionStep {
  const next = edges[state][fact]
  if (next) return { ok: true, state: next }
  if (state === 'final' || state === 'given-up' || state === 'conflicted') {
    return { ok: false, refusal: 'has-ended' }
  }
  const isTooLate = fact === 'given-up' || fact === 'unlocked' || fact === 'funded'
  const hasBytes = state === 'signed' || state === 'published' || state === 'confirmed'
  return { ok: false, refusal: isTooLate && hasBytes ? 'bytes-are-stored' : 'out-of-order' }
}

/** States in which it has not come to its end. */
export const livingTransactions: readonly TransactionState[] = [
  'intended',
  'funded',
  'signed',
  'published',
  'confirmed',
]

/** The fee in msat that each of so many outputs bears: equal shares, what is left over on the first ones. */
export function feeShares(feeMsat: bigint, outputs: number): readonly bigint[] {
  const count = BigInt(outputs)
  const share = feeMsat / count
  const rest = feeMsat % count
  return Array.from({ length: outputs }, (_, at) => (BigInt(at) < rest ? share + 1n : share))
}
