/** What was found and says that the books and LND are not of the same time. */
export type ComparisonReason =
  /** The counter outside of the database has seen more than the books. */
  | 'counter-ahead'
  /** LND has paid, or is paying, what the books cannot explain. */
  | 'unknown-payments'
  /** The books hold a payout for unsent whose payment LND has. */
  | 'payouts-behind'
  /** LND has a settled invoice of our key that the books do not have. */
  | 'unknown-invoices'
  /** LND shows an older state of a channel than the books have seen. */
  | 'channels-older'
  /** Channels that the books hold for open are in no list of LND. */
  | 'channels-unlisted'
  /** LND's history of payments is shorter than what the books have seen of it. */
  | 'payments-missing'
  /** LND does not know that an invoice was paid which the books have seen settled. */
  | 'invoices-forgotten'
  /** LND's wallet shows transactions of ours that the books have not signed. */
  | 'unknown-transactions'
  /** LND has less than the books say (the proof of the books). */
  | 'value-missing'
  /** LND has less than partners are owed. */
  | 'insolvent'

/** A channel as the books have it and as LND shows it now. */
export interface ChannelSighting {
  /** In the books. */
  readonly state: 'opening' | 'active' | 'inactive' | 'closing' | 'closed'
  /** Commitment updates that the books have seen. */
  readonly knownUpdates: number
  readonly shown: 'open' | 'elsewhere' | 'nowhere'
  /** Commitment updates that LND shows, with `open`. */
  readonly shownUpdates: number
  /** The books have seen it close, and how. */
  readonly isCloseSeen: boolean
  /** Milliseconds since the books changed what they have of it. */
  readonly unchangedFor: number
}

/** What the comparison is decided on; only what was not accepted before. */
export interface NodeComparison {
  /** This process has led ever since an earlier comparison: its books cannot have been replaced. */
  readonly areBooksLive: boolean
  readonly counter: {
    /** Intents to send that the books have counted. */
    readonly books: number
    /** What the counter outside says; undefined when there is none, or nothing was written yet. */
    readonly outside: number | undefined
    /** By how much a crash can leave the one outside behind. */
    readonly mostUnwritten: number
  }
  readonly unknownPayments: number
  readonly payoutsBehind: number
  readonly unknownInvoices: number
  /** Highest payment index that the books have seen, and that LND has. */
  readonly payments: { readonly known: number; readonly node: number }
  /** Payouts that LND may have and that have not ended. */
  readonly payoutsUnderWay: number
  /** Whether LND still has the newest settled invoice of the books as settled. */
  readonly newestSettled: 'settled' | 'forgotten' | 'none'
  readonly channels: readonly ChannelSighting[]
  /** Channels in any list of LND: open, pending, closed. */
  readonly listedChannels: number
}

/**
 * `foreign`: another program of the operator paid. `books-behind`: the books are an old copy, or cannot
 * be told from one. `node-behind`: LND came back with an old state.
 */
export type ComparisonOutcome = 'in-step' | 'foreign' | 'books-behind' | 'node-behind'

export interface ComparisonVerdict {
  readonly outcome: ComparisonOutcome
  /** Empty with `in-step` and `foreign`. */
  readonly reasons: readonly ComparisonReason[]
}

/** Milliseconds: LND lists a closing channel nowhere for some blocks, so absence says little for long. */
const unlistedForLong = 3 * 86_400_000

/**
 * Money rule 15. The counter outside tells an old copy of the books from payments of other programs: an
 * intent reaches it before LND is called, so a counter that is not ahead of the books proves that we
 * have sent nothing that they do not know. Without that proof, what cannot be explained waits for the
 * operator. Signs of an old LND count whatever the counters say.
 */
export function compareWithNode(comparison: NodeComparison): ComparisonVerdict {
  const ofNode = signsOfOldNode(comparison)
  const ofBooks = signsOfOldBooks(comparison)
  if (ofNode.length > 0) return { outcome: 'node-behind', reasons: [...ofNode, ...ofBooks] }
  if (ofBooks.length > 0) return { outcome: 'books-behind', reasons: ofBooks }
  return { outcome: comparison.unknownPayments > 0 ? 'foreign' : 'in-step', reasons: [] }
}

function signsOfOldBooks(comparison: NodeComparison): ComparisonReason[] {
  const { counter, unknownPayments, payoutsBehind, unknownInvoices, areBooksLive } = comparison
  const reasons: ComparisonReason[] = []
  const isAhead = counter.outside !== undefined && counter.outside > counter.books
  if (isAhead) reasons.push('counter-ahead')
  const unexplained: ComparisonReason[] = [
    ...(unknownPayments > 0 ? (['unknown-payments'] as const) : []),
    ...(payoutsBehind > 0 ? (['payouts-behind'] as const) : []),
  ]
  if (isAhead || !(areBooksLive || isProof(counter))) reasons.push(...unexplained)
  // Its preimage is ours and nobody was given it but by books that had it.
  if (unknownInvoices > 0) reasons.push('unknown-invoices')
  return reasons
}

/** One that is far behind is an old copy itself, and proves nothing. */
function isProof({ books, outside, mostUnwritten }: NodeComparison['counter']): boolean {
  return outside !== undefined && books - outside <= mostUnwritten
}

function signsOfOldNode(comparison: NodeComparison): ComparisonReason[] {
  const { channels, listedChannels, payments, payoutsUnderWay, newestSettled } = comparison
  const reasons: ComparisonReason[] = []
  if (channels.some(isOlderState)) reasons.push('channels-older')
  const unlisted = channels.filter(isUnlisted)
  const isNothingListed = listedChannels === 0 && unlisted.length > 1
  if (isNothingListed || unlisted.some(({ unchangedFor }) => unchangedFor > unlistedForLong)) {
    reasons.push('channels-unlisted')
  }
  if (newestSettled === 'forgotten') reasons.push('invoices-forgotten')
  if (payments.node < payments.known) {
    // Payments can be deleted in LND, which does no harm while nothing is under way; channels tell it apart.
    const areInStep =
      reasons.length === 0 &&
      channels.some(({ shown, knownUpdates }) => shown === 'open' && knownUpdates > 0)
    if (!areInStep || payoutsUnderWay > 0) reasons.push('payments-missing')
  }
  return reasons
}

/** LND's count of commitment updates never falls, unless its database was replaced by an older one. */
export function isOlderState({ shown, shownUpdates, knownUpdates }: ChannelSighting): boolean {
  return shown === 'open' && shownUpdates < knownUpdates
}

/** In no list of LND although the books have not seen it close. */
export function isUnlisted({ shown, state, isCloseSeen }: ChannelSighting): boolean {
  return shown === 'nowhere' && state !== 'opening' && state !== 'closed' && !isCloseSeen
}
