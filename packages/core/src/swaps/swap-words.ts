const states: Readonly<Record<string, string>> = {
  created: 'Keys, price and limits are stored; the provider is asked next.',
  verified: 'The provider\u2019s terms are stored and hold; its invoice is paid next.',
  paying: 'The invoice was handed to LND.',
  held: 'The provider holds the payment; its lockup is waited for.',
  'lockup-seen': 'The provider says that its lockup is on its way.',
  'lockup-confirmed': 'The lockup is in the chain, exactly as agreed; nothing is revealed yet.',
  'preimage-revealed': 'The preimage may be known to the provider; the lockup is being claimed.',
  'claim-published': 'A claim was published; it is made dearer until a block takes it.',
  claimed: 'The coins are ours, for good.',
  'failed-unpaid': 'Nothing was paid.',
  returned: 'The payment came back, whole.',
  lost: 'The provider has the payment, and somebody else has the coins.',
  requested: 'Written down; the daemon is asked next.',
  accepted: 'The daemon has it.',
  running: 'The daemon is at work.',
  completed: 'The daemon says that the coins have arrived.',
  failed: 'The daemon has given it up.',
  'needs-operator': 'The daemon needs somebody to look at it.',
}

const reasons: Readonly<Record<string, string>> = {
  halted: 'Outgoing money is halted.',
  'payment-unclear': 'LND gives no word on the payment that anything could be concluded from.',
  'watch-opening': 'LND is asked to watch for the lockup.',
  'waiting-for-lockup': 'The payment comes back by itself if no lockup comes.',
  'lockup-unread':
    'What is in the chain for it could not be looked at, the log says why: it is tried again. Nothing is revealed before.',
  'too-late-to-reveal':
    'Too few blocks are left to reveal anything: the payment comes back by itself.',
  'claim-above-limit': 'A claim would cost more than its limit: swaps.raiseLimits() lifts it.',
  'feerate-unknown':
    'Nobody says what the chain asks: fees.source and LND do not answer. Before the reveal it waits; then the stored claim is published, and made dearer near the timeout from what it paid at first.',
  'no-key':
    'This process does not have the key that it was made with. Nothing is paid or revealed without it, and what is held comes back by itself. What was revealed is claimed with the stored claim, and no better one can be made.',
  'no-better-claim':
    'No better claim could be made, the log says why: the stored one is published.',
  uncompared:
    'The lockup is spent for good. What it means is booked when books and LND were compared: see the warnings of node.status().',
  'too-near-timeout':
    'Too few blocks are left to reveal anything: the payment comes back by itself.',
  'fee-above-limit': 'A claim would cost more than its limit: the payment comes back by itself.',
  'output-below-dust':
    'What a claim would leave is too little to be relayed: the payment comes back by itself.',
  'payout-unaffordable':
    'Beside its payout too little is locked up for a claim now: the payment comes back by itself.',
  'payout-not-bound': 'Its payout is no longer its own: nothing is revealed for it.',
  'payout-uncompared':
    'LND\u2019s transactions are compared with the books first: newer books may have paid its payout.',
  'payout-maybe-paid':
    'These books are an old copy, and newer ones may have paid its payout by other means.',
  'terms-damaged':
    'Its stored terms were changed: the checks that they passed refuse them now. Nothing more is paid or revealed for it. Nothing is lost: what is held comes back by itself, and what was revealed is claimed with the stored claim. Find out what changed the books; an old copy of them would do more harm.',
  'waiting-for-claim': 'The claim is in a block and needs more on top of it.',
  'lockup-taken': 'Somebody else has spent the lockup.',
  'lockup-taken-back':
    'No claim came through in time. The provider took its lockup back, and gave the payment back: nothing is gone.',
  'payment-open':
    'LND has a payment of it in flight. That ends by itself, and needs no provider or daemon any more: it is taken or given back, at the latest when it times out.',
  'payment-forgotten':
    'LND had its payment, and does not know it any more. swaps.giveUp() ends it, once its lockup is spent for good, or the payment must long have come back: swapping.maximumCltv blocks after the timeout of the lockup.',
  'daemon-away':
    'The daemon does not answer: bring it back with its data, only it can sweep its coins. What it never takes up again is ended by swaps.giveUp() as soon as LND has no payment of it in flight.',
  'daemon-forgot':
    'The daemon no longer knows it: give it its data back. If they are gone, swaps.giveUp() ends it as soon as LND has no payment of it in flight.',
  'start-unknown':
    'Whether the daemon has started it is not known: it is looked for, and never started again.',
  'never-started': 'The daemon did not have it a day later.',
  'given-up': 'An operator has given it up.',
  'duplicate-label': 'The daemon has several swaps of this name: look which one is to go on.',
  'bad-answer': 'What the daemon says of it cannot be.',
  'gone-back': 'The daemon takes back that it has revealed the preimage.',
  temporary: 'The daemon has stopped at a failure that may pass: restart it.',
  'other-node': 'The daemon works with another LND: nothing of this one was moved.',
  'counter-unwritable': 'The intent counter outside cannot be written.',
  'counter-unreachable': 'The intent counter outside cannot be written.',
  outdated: 'It could not be asked for in time.',
  'provider-unknown': 'Whether the provider has made it is not known; unpaid it costs nothing.',
  'hash-known':
    'LND has a payment of its hash already: newer books than these have made it. What may be locked up for it payment-node rescue --without-books finds.',
  'provider-failed': 'The provider gave no usable answer.',
  'provider-disabled':
    'Its daemon was disabled before it was asked: swaps.enableProvider() trusts it again.',
  'provider-removed': 'Its provider is no longer among the options.',
  'no-wallet': 'This connection to LND has no wallet to claim to.',
  'invoice-expired': 'The provider\u2019s invoice ran out.',
  'too-late': 'Too few blocks were left to begin with.',
  'lockups-unwatchable': 'LND does not let this connection watch the chain.',
  'payment-failed': 'LND could not pay.',
  'payment-returned': 'No usable lockup came in time.',
  reorganized: 'A reorganization took the lockup out of its block.',
}

/** A state in words. */
export function explainState(state: string): string {
  return states[state] ?? state
}

/** A reason in words; what has none of its own is told as it is. */
export function explainReason(reason: string): string {
  return reasons[reason] ?? `(${reason})`
}
