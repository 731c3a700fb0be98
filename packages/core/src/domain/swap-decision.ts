import type { SwapState } from './swap.ts'

/** LND's word about the hold invoice's payment, as far as it may be relied upon. */
export type SwapPayment =
  /** Nothing was asked yet. */
  | 'unasked'
  /** LND does not know the hash: no call was ever made, or none has reached it. */
  | 'absent'
  /** It may be sent (again): LND recognises a repetition by the hash. */
  | 'to-send'
  /** On its way. */
  | 'in-flight'
  /** The whole amount is on its way. */
  | 'held'
  /** The provider has taken it. */
  | 'succeeded'
  /** For certain, and no call can start it any more. */
  | 'failed'
  /** LND has shown it, and does not know it any more: its data are lost, or the record was deleted. */
  | 'forgotten'
  /** Nothing may be concluded now. */
  | 'unclear'

/** What LND's chain shows of the lockup. */
export type SwapLockup =
  | 'none'
  /** Only the provider says so. */
  | 'hinted'
  /** In the chain, exactly ours, with the confirmations that are asked for. */
  | 'ours'
  /** What pays our script is not what was agreed. */
  | 'refused'
  /** A reorganization took it out of its block. */
  | 'gone'
  /** Something is in the chain, and what it is could not be found out now. */
  | 'unread'

/** What LND's chain shows of the lockup's spending. */
export type SwapSpending =
  | { readonly by: 'nobody' }
  | { readonly by: 'us' | 'others'; readonly confirmations: number }

/** What is known when a swap's worker asks what to do. */
export interface SwapSituation {
  readonly state: SwapState
  /** The provider may have been asked to make it. */
  readonly wasAsked: boolean
  readonly hasTerms: boolean
  /** It waited so long that its quote no longer counts. */
  readonly isOutdated: boolean
  readonly isHalted: boolean
  /** The books were compared with LND: neither of the two is an old copy that nobody has noticed. */
  readonly isCompared: boolean
  /**
   * Of the payout that its claim shall pay: newer books than these may have paid it by other means, or nobody has
   * looked yet whether they have. Left out: it is these books' to pay, or there is none.
   */
  readonly payoutDoubt?: 'maybe-paid' | 'uncompared' | undefined
  /**
   * What keeps it from being paid and revealed: its stored terms do not hold any more, or the key that it was made with
   * is not here. Left out: nothing does.
   */
  readonly hindrance?: 'terms-damaged' | 'no-key' | undefined
  /** By our clock, with a margin. */
  readonly isInvoiceExpired: boolean
  /** So long ago that LND, whose clock may go wrong as well, will not pay it any more. */
  readonly isLongExpired: boolean
  /** An operator does not want a payment to be waited for that LND has forgotten. */
  readonly isGivenUp: boolean
  /** Whether LND watches for the lockup. */
  readonly watch: 'opening' | 'open' | 'forbidden'
  readonly payment: SwapPayment
  readonly lockup: SwapLockup
  readonly spending: SwapSpending
  /** Nobody has settled yet what the spending of the lockup, once it is final, means for the payout. */
  readonly isPayoutOpen: boolean
  /** Blocks until the provider can take its lockup back; undefined before there are terms. */
  readonly blocksLeft: number | undefined
  /** What a claim costs now is within its limit. */
  readonly isClaimAffordable: boolean
  /** Left out: it is known what a claim costs now, or it was not asked. */
  readonly isFeerateUnknown?: boolean
  /** Confirmations after which a claim is taken for good. */
  readonly finalAfter: number
}

/** Why nothing is done now; stored as the swap's `reason`. */
export type SwapWait =
  | 'halted'
  | 'payout-maybe-paid'
  | 'payout-uncompared'
  | 'payment-unclear'
  | 'watch-opening'
  | 'waiting-for-lockup'
  | 'lockup-refused'
  | 'lockup-unread'
  | 'terms-damaged'
  | 'no-key'
  | 'too-late-to-reveal'
  | 'claim-above-limit'
  | 'feerate-unknown'
  | 'waiting-for-claim'
  | 'lockup-taken'
  | 'payment-open'
  | 'payment-forgotten'
  | 'uncompared'

/** Why a swap ends before anything was paid. */
export type SwapRefusedBecause =
  | 'outdated'
  | 'payout-maybe-paid'
  | 'provider-unknown'
  | 'hash-known'
  | 'invoice-expired'
  | 'too-late'
  | 'lockups-unwatchable'
  | 'given-up'
  | 'no-key'
  | 'terms-damaged'

export type SwapAction =
  | { readonly do: 'nothing' }
  /** Intent to ask the provider, then the question. */
  | { readonly do: 'ask' }
  | { readonly do: 'verify' }
  | { readonly do: 'end-unpaid'; readonly because: SwapRefusedBecause | 'payment-failed' }
  /** Ask LND about the hash. */
  | { readonly do: 'track' }
  /** LND has a payment that the books have not sent: they are an old copy. */
  | { readonly do: 'adopt-payment' }
  /** Intent to pay, then the call. */
  | { readonly do: 'pay' }
  | { readonly do: 'note-held' }
  | { readonly do: 'note-lockup-seen' }
  | { readonly do: 'note-lockup' }
  | { readonly do: 'note-lockup-gone' }
  /** Intent to reveal, with the bytes of a claim that needs nobody. */
  | { readonly do: 'reveal' }
  /** Ask for the cooperative half, publish the best claim. */
  | { readonly do: 'claim' }
  /** Publish again, dearer when it must. */
  | { readonly do: 'tend-claim' }
  /** The lockup is spent for good: its payout is paid, or waits in the queue again. */
  | { readonly do: 'settle-payout' }
  | { readonly do: 'end-returned' }
  | { readonly do: 'end-claimed' }
  | { readonly do: 'end-lost' }
  | { readonly do: 'wait'; readonly because: SwapWait }

/** Nothing is revealed with fewer blocks left until the provider can take its lockup back. */
export const revealMargin = 36

/** Nothing is paid with fewer blocks left: lockup and claim need time before nothing is revealed any more. */
const paymentMargin = 72

/** Money rule 11 as one function. The provider's word decides nothing in it but a name. */
export function decideSwap(situation: SwapSituation): SwapAction {
  switch (situation.state) {
    case 'created':
      return beforeVerified(situation)
    case 'verified':
      return beforePaid(situation)
    case 'paying':
      return whilePaying(situation)
    case 'held':
    case 'lockup-seen':
    case 'lockup-confirmed':
      return whileHeld(situation)
    case 'preimage-revealed':
    case 'claim-published':
      return whileClaiming(situation)
    default:
      return { do: 'nothing' }
  }
}

function beforeVerified(situation: SwapSituation): SwapAction {
  if (situation.hasTerms) return { do: 'verify' }
  // It may exist there: unpaid it costs nothing, and the same hash is never used twice.
  if (situation.wasAsked) return { do: 'end-unpaid', because: 'provider-unknown' }
  if (situation.isOutdated) return { do: 'end-unpaid', because: 'outdated' }
  if (situation.payoutDoubt === 'maybe-paid')
    return { do: 'end-unpaid', because: 'payout-maybe-paid' }
  if (situation.isHalted) return { do: 'wait', because: 'halted' }
  if (situation.payoutDoubt) return { do: 'wait', because: 'payout-uncompared' }
  // Newer books than these may have revealed its preimage (money rule 11).
  if (situation.payment === 'unasked') return { do: 'track' }
  if (situation.payment === 'unclear') return { do: 'wait', because: 'payment-unclear' }
  if (situation.payment !== 'absent') return { do: 'end-unpaid', because: 'hash-known' }
  return { do: 'ask' }
}

function beforePaid(situation: SwapSituation): SwapAction {
  const { payment } = situation
  if (payment === 'unasked') return { do: 'track' }
  if (payment === 'unclear') return { do: 'wait', because: 'payment-unclear' }
  if (payment === 'in-flight' || payment === 'held' || payment === 'succeeded') {
    return { do: 'adopt-payment' }
  }
  // A payment of ours that these books never sent, and that failed: the hash is used up.
  if (payment === 'failed') return { do: 'end-unpaid', because: 'payment-failed' }
  if (situation.isInvoiceExpired) return { do: 'end-unpaid', because: 'invoice-expired' }
  if (situation.payoutDoubt === 'maybe-paid')
    return { do: 'end-unpaid', because: 'payout-maybe-paid' }
  // It could never be claimed: its payment would be frozen for nothing.
  if (situation.hindrance === 'no-key') return { do: 'end-unpaid', because: 'no-key' }
  if (situation.watch === 'forbidden') return { do: 'end-unpaid', because: 'lockups-unwatchable' }
  if (left(situation) < paymentMargin) return { do: 'end-unpaid', because: 'too-late' }
  if (situation.isHalted) return { do: 'wait', because: 'halted' }
  if (situation.payoutDoubt) return { do: 'wait', because: 'payout-uncompared' }
  // What nobody sees could never be claimed.
  if (situation.watch === 'opening') return { do: 'wait', because: 'watch-opening' }
  return { do: 'pay' }
}

function whilePaying(situation: SwapSituation): SwapAction {
  switch (situation.payment) {
    case 'unasked':
      return { do: 'track' }
    case 'failed':
      return { do: 'end-unpaid', because: 'payment-failed' }
    case 'absent':
    case 'to-send':
      if (situation.payoutDoubt === 'uncompared')
        return { do: 'wait', because: 'payout-uncompared' }
      // Then LND is asked to say that its invoice has expired: it ends, and its payout waits for the operator's word.
      if (situation.payoutDoubt && (situation.isHalted || !situation.isLongExpired))
        return { do: 'wait', because: 'payout-maybe-paid' }
      return sendAgain(situation, { do: 'end-unpaid', because: 'terms-damaged' })
    case 'held':
    case 'succeeded':
      return { do: 'note-held' }
    case 'in-flight':
      return situation.lockup === 'ours' ? { do: 'note-lockup' } : waitForLockup(situation)
    case 'forgotten':
      return situation.isGivenUp
        ? { do: 'end-unpaid', because: 'given-up' }
        : { do: 'wait', because: 'payment-forgotten' }
    case 'unclear':
      return { do: 'wait', because: 'payment-unclear' }
  }
}

function whileHeld(situation: SwapSituation): SwapAction {
  const { payment, state, lockup } = situation
  if (payment === 'unasked') return { do: 'track' }
  // Before anything is revealed: the money is back, whole.
  if (payment === 'failed') return { do: 'end-returned' }
  // It failed, and a call of an earlier leader could still start it: LND is asked to say that its invoice has expired.
  if (payment === 'to-send') return sendAgain(situation, { do: 'end-returned' })
  // While there is time for it, a lockup may still come and be claimed.
  if (payment === 'forgotten' && left(situation) < revealMargin) {
    // Nothing was revealed, so that nobody can have taken it.
    return situation.isGivenUp
      ? { do: 'end-returned' }
      : { do: 'wait', because: 'payment-forgotten' }
  }
  if (lockup === 'refused') return { do: 'wait', because: 'lockup-refused' }
  if (state === 'lockup-confirmed' && lockup !== 'ours') {
    if (lockup === 'gone') return { do: 'note-lockup-gone' }
    // Not looked at since this process began.
    return waitForLockup(situation)
  }
  if (lockup === 'ours') {
    return state === 'lockup-confirmed' ? beforeReveal(situation) : { do: 'note-lockup' }
  }
  if (lockup === 'hinted' && state === 'held') return { do: 'note-lockup-seen' }
  if (lockup === 'gone' && state === 'lockup-seen') return { do: 'note-lockup-gone' }
  return waitForLockup(situation)
}

function waitForLockup({ lockup }: SwapSituation): SwapAction {
  return { do: 'wait', because: lockup === 'unread' ? 'lockup-unread' : 'waiting-for-lockup' }
}

/**
 * A payment that LND does not have is handed to it again, or LND says that its invoice has expired. What must not be
 * paid any more is handed to it only when no LND would pay it; what is not even known to be its invoice never is, and
 * has come to its end (`over`) by then.
 */
function sendAgain(situation: SwapSituation, over: SwapAction): SwapAction {
  const { isHalted, isLongExpired, hindrance } = situation
  if (isHalted) return { do: 'wait', because: 'halted' }
  if (hindrance && !isLongExpired) return { do: 'wait', because: hindrance }
  return hindrance === 'terms-damaged' ? over : { do: 'pay' }
}

function beforeReveal(situation: SwapSituation): SwapAction {
  // There is no preimage without it, and no signature.
  if (situation.hindrance === 'no-key') return { do: 'wait', because: 'no-key' }
  // The provider has the preimage from somewhere: whatever is late or dear, the lockup is ours to take.
  if (situation.payment === 'succeeded') return { do: 'reveal' }
  if (left(situation) < revealMargin) return { do: 'wait', because: 'too-late-to-reveal' }
  if (situation.isFeerateUnknown) return { do: 'wait', because: 'feerate-unknown' }
  if (!situation.isClaimAffordable) return { do: 'wait', because: 'claim-above-limit' }
  return { do: 'reveal' }
}

function whileClaiming(situation: SwapSituation): SwapAction {
  const { spending, payment, finalAfter, state } = situation
  if (spending.by === 'nobody') {
    return { do: state === 'preimage-revealed' ? 'claim' : 'tend-claim' }
  }
  const isFinal = spending.confirmations >= finalAfter
  if (!isFinal) {
    return { do: 'wait', because: spending.by === 'us' ? 'waiting-for-claim' : 'lockup-taken' }
  }
  if (!situation.isCompared) {
    if (payment === 'unasked') return { do: 'track' }
    // An old copy of LND may not know the payment, or how it ended. That it was taken is true in any, and a loss is told
    // at once; what is ours waits for the books.
    const isLoss = spending.by === 'others' && payment === 'succeeded'
    if (!isLoss) return { do: 'wait', because: 'uncompared' }
  }
  // The partner has it, or has not: that does not wait for the end of the payment.
  if (situation.isPayoutOpen) return { do: 'settle-payout' }
  if (payment === 'unasked') return { do: 'track' }
  const isOurs = spending.by === 'us'
  // It failed, and a call of an earlier leader could still start it: LND is asked to say that its invoice has expired.
  if (payment === 'to-send' && situation.isInvoiceExpired)
    return sendAgain(situation, { do: isOurs ? 'end-claimed' : 'end-returned' })
  // What was paid is known only when LND has come to its end with it.
  if (payment === 'unclear') return { do: 'wait', because: 'payment-unclear' }
  const isForgotten = payment === 'forgotten'
  if (isForgotten && !situation.isGivenUp) return { do: 'wait', because: 'payment-forgotten' }
  if (payment !== 'succeeded' && payment !== 'failed' && !isForgotten)
    return { do: 'wait', because: 'payment-open' }
  if (isOurs) return { do: 'end-claimed' }
  return { do: payment === 'failed' ? 'end-returned' : 'end-lost' }
}

function left({ blocksLeft }: SwapSituation): number {
  return blocksLeft ?? 0
}

/** Blocks before the timeout at which an operator is told that a swap is not claimed yet. */
const swapAlarms = [72, 36, 12] as const

/**
 * The alarm that is due, if it was not raised before. `raised`: the last one's blocks, 0 when there was none.
 */
export function dueAlarm(blocksLeft: number, raised: number): number | undefined {
  const due = swapAlarms.filter((blocks) => blocksLeft <= blocks).at(-1)
  return due !== undefined && (raised === 0 || due < raised) ? due : undefined
}
