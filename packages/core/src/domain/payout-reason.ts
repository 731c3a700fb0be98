/**
 * Every reason that a payout can have, and what it means and what ends it, one sentence each. A test holds
 * every reason that is stored against this list.
 */
export const payoutReasons = {
  // While it waits, off chain and on chain.
  halted: 'Outgoing money is halted; it goes on after safety.resume.',
  'maybe-paid':
    'These books are an old copy, and newer ones may have paid it; payouts.resolve or payouts.release ends it.',
  'counter-unreachable': 'The intentCounter cannot be written; it goes on when it can.',
  // Off chain, before anything was sent.
  'outbound-short':
    'The channels cannot send it; it goes when they can, and has failed after payouts.waitForOutbound.',
  'destination-unreachable':
    "The payee's server does not answer; it goes when it does, and has failed after payouts.waitForDestination.",
  // Off chain, in LND's hands.
  unknown: 'LND says nothing about it; it ends by the word of LND or by payouts.resolve.',
  forgotten:
    'LND had the payment and does not know it any more; it ends by the word of LND or by payouts.resolve.',
  'may-still-be-sent':
    'It failed, and an earlier call may still start it; certain when its invoice has expired for LND.',
  // On chain, in the queue.
  quick: 'It goes with the next transaction.',
  collecting:
    'The feerate is good; it goes when transactions.collectFor is over, or when something urgent takes it along.',
  'feerate-above-ceiling':
    'It goes when the feerate is no higher than its ceiling, or after its deadline.',
  'feerate-above-percentile':
    'It goes when the feerate is low for these days, or after its deadline.',
  'feerate-above-hard-ceiling': 'Nothing goes; it does when the feerate is below fees.hardCeiling.',
  'wallet-too-small':
    'The coins do not pay for it beside what must stay; it goes when there are more of them.',
  'wallet-fragmented':
    'Its many small coins cost more than the fee limit; it goes when they are merged, or the chain is cheaper.',
  'fee-above-limit': 'It would cost more than its fee limit; it goes when the chain is cheaper.',
  'pause-after-failure': 'A transaction came to nothing; the next one is made after a pause.',
  outdated: 'Its transaction was not signed in time; it goes with another one.',
  'not-allowed': "LND's macaroon does not allow it; it goes with another transaction when it does.",
  'other-inputs': 'LND chose other coins than it was given; it goes with another transaction.',
  'no-change': 'Its transaction would have had no change; it goes with another one.',
  'outpoints-unavailable': 'LND did not have the coins any more; it goes with another transaction.',
  dust: 'LND took an output for dust; it is tried with another transaction.',
  'bad-address': 'LND did not take an address; it is tried with another transaction.',
  'transaction-conflicted': 'Its transaction can never confirm; it goes with another one.',
  'in-swap':
    "A swap's claim pays it; when the swap ends without that, it waits in the queue again.",
  'swap-ended': 'The swap that was to pay it ended without it; it goes with another transaction.',
  // On chain, in a transaction.
  'transaction-given-up':
    'The operator gave its transaction up by resolving another payout in it; payouts.resolve ends this one, too.',
  // Failed for certain, by the word of LND.
  'no-route': 'Failed: LND found no route within the fee limit.',
  timeout: 'Failed: LND found none that worked in time.',
  'insufficient-balance': 'Failed: the channels could not send it.',
  'incorrect-details': 'Failed: the payee does not know the payment, or not this amount.',
  error: 'Failed: LND gave no better reason.',
  refused: 'Failed: LND refused to start it, and does not have it.',
  'expired-before-sending': 'Failed: its invoice expired before it was sent.',
  canceled: 'Canceled by payouts.cancel, or failed since the payment was canceled in LND.',
  'resolved-by-operator': 'Failed by payouts.resolve.',
  revived:
    'Failed by payouts.resolve, and its transaction confirmed all the same: it was charged again.',
  // Failed for certain: the payee's server.
  'server-refuses': "Failed: the payee's server does not want it; its words are in the evidence.",
  'wrong-tag': "Failed: the payee's server offers no LNURL-pay.",
  callback: "Failed: the payee's server names no place to ask for an invoice.",
  limits: "Failed: the payee's server gives no usable limits.",
  metadata: "Failed: the payee's server gives no usable metadata.",
  'identifier-differs': "Failed: the payee's server answers for somebody else.",
  'below-minimum': "Failed: the payee's server takes no less than more.",
  'above-maximum': "Failed: the payee's server takes no more than less.",
  malformed: "Failed: the payee's server, or LND about its invoice, cannot be understood.",
  'too-many-redirects': "Failed: the payee's server redirects on and on.",
  'redirect-elsewhere': "Failed: the payee's server redirects to another host.",
  'body-too-large': "Failed: the answer of the payee's server is too large.",
  'headers-too-large': "Failed: the headers of the payee's server are too large.",
  insecure: "Failed: the payee's server names a place without https.",
  address: "Failed: the payee's server is at an address that may not be asked.",
  scheme: "Failed: the payee's server names no place of the web.",
  port: "Failed: the payee's server names a port of another protocol.",
  'user-name': "Failed: the payee's server names a place with a user name.",
  'lnurl-withdraw': "Failed: the payee's server wants to pay, not to be paid.",
  'lnurl-auth': "Failed: the payee's server wants a login.",
  'lnurl-channel': "Failed: the payee's server offers a channel.",
  // Failed for certain: the invoice of the payee's server.
  'no-invoice': "Failed: the payee's server gives no BOLT11 invoice.",
  'hash-used': "Failed: the invoice of the payee's server is another payout's.",
  'hash-differs': 'Failed: its invoice is not about what the server promised.',
  'amount-differs': 'Failed: its invoice is over another amount.',
  'amount-missing': 'Failed: its invoice has no amount.',
  'wrong-network': 'Failed: its invoice is for another network.',
  checksum: 'Failed: its invoice is damaged.',
  signature: 'Failed: the signature of its invoice is wrong.',
  expired: 'Failed: its invoice had expired.',
  'expires-too-soon': 'Failed: its invoice expires too soon.',
  'own-node': 'Failed: its invoice is of this very node.',
  'blinded-paths': 'Failed: its invoice has blinded paths, which are not supported.',
  'no-payment-secret': 'Failed: its invoice has no payment secret.',
  'unknown-required-feature': 'Failed: its invoice requires a feature that is unknown.',
  amp: 'Failed: its invoice is for AMP.',
  'timelock-too-long': 'Failed: the last hop of its invoice may freeze the payment for too long.',
  other: 'None of the others: the evidence, or the log, has the words.',
} as const

/** Why a payout waits, or how it ended. What each one means is in {@link payoutReasons}. */
export type PayoutReason = keyof typeof payoutReasons

/** The word of LND, of a payee's server or of older books, if it is one of the list. */
export function payoutReasonOf(word: string): PayoutReason {
  return Object.hasOwn(payoutReasons, word) ? (word as PayoutReason) : 'other'
}
