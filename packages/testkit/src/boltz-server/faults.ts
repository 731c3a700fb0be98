/**
 * Every way in which the server can cheat or fail, with what it then does. Names with the same beginning belong to
 * the same step of a swap.
 */
export const boltzFaults = {
  // The invoice of a new swap.
  'invoice-other-hash': 'invoices a hash whose preimage it has itself, and takes the money at once',
  'invoice-larger': 'invoices a tenth more than was asked for, and keeps the difference',
  'invoice-smaller': 'invoices a tenth less than was asked for',
  'invoice-off-by-msat': 'invoices one msat more than was asked for',
  'invoice-without-amount': 'the invoice leaves the amount to the payer',
  'invoice-other-network': 'the invoice is one of mainnet',
  'invoice-expired': 'the invoice expired an hour ago',
  'invoice-expires-at-once': 'the invoice lives for one second',
  'invoice-huge-cltv': 'the invoice asks for 2016 blocks at its end, two weeks of locked money',
  'invoice-own-node': "the invoice is one of the client's own node",
  'invoice-reused': 'the invoice is that of an earlier swap',
  'invoice-damaged': 'the checksum of the invoice is wrong',
  'miner-fee-invoice': 'asks for a second invoice to be paid first, for miner fees',

  // The script tree and the keys of a new swap.
  'claim-leaf-other-hash': 'the claim leaf wants the preimage of another hash',
  'claim-leaf-other-key': 'the claim leaf wants a signature of another key',
  'claim-leaf-without-size': 'the claim leaf takes a preimage of any length',
  'claim-leaf-other-version': 'the claim leaf has version 0xc2, under which it checks nothing',
  'refund-leaf-other-key': 'the refund leaf wants a signature of a key that was not told',
  'refund-leaf-without-timeout':
    'the refund leaf can be used at once, and is, when the lockup is confirmed',
  'refund-leaf-early-timeout':
    'the refund leaf can be used 100 blocks before the timeout that was told',
  'leaves-swapped': 'tells the claim leaf as the refund leaf, and the other way round',
  'leaf-missing': 'tells no refund leaf',
  'extra-leaf':
    'the tree has a third leaf, which is told, with which the server takes all at any time',
  'extra-leaf-hidden':
    'the tree has a third leaf, which is not told, with which the server takes all at any time',
  'refund-key-other': 'tells a refund key that is in neither the tree nor the output key',
  'refund-key-is-claim-key': "tells the client's own key as its refund key",
  'refund-key-not-on-curve': 'tells a refund key that is no point of the curve',
  'key-order-swapped': "aggregates the keys with the client's first",
  'key-untweaked': 'the address is that of the aggregated key without the tree',

  // Address, timeout and amount of a new swap.
  'address-other-tree': 'the address is that of a tree which the server can refund from at once',
  'address-p2wsh': 'the address is P2WSH, with the bytes of the right output key as its hash',
  'address-server-key': "the address is P2TR of the server's key alone",
  'address-other-network': 'the address is one of mainnet',
  'address-malformed': 'the checksum of the address is wrong',
  'timeout-near': 'the timeout is 10 blocks away',
  'timeout-passed': 'the timeout was 10 blocks ago',
  'timeout-far': 'the timeout is 4032 blocks away, four weeks',
  'onchain-amount-less': 'will lock up a tenth less than its own fees say',
  'onchain-amount-more': 'promises a tenth more than its own fees say',
  'onchain-amount-missing': 'does not say what it will lock up',

  // Whether a swap is created.
  'creation-refused':
    'pairs are there as ever, and every creation is refused for want of liquidity',
  'creation-conflict': 'says that a swap with this hash exists already (409)',
  'creation-answer-lost': 'creates the swap, and the connection ends before the answer',
  'too-many-requests': 'refuses every request for 30 s (429 with Retry-After)',
  'pair-hash-stale': 'refuses every pair hash as an old one',
  'fee-changes-after-quote': 'takes half a percent more than the pair says whose hash it accepts',
  'limits-change': 'the limits of a creation are far below those of the pairs',
  'pairs-empty': 'has no pair of bitcoin and bitcoin',
  'pairs-absurd': 'fees are negative, limits above all money there is',
  'same-id-twice': 'gives a new swap the id of the one before',
  'hostile-id': 'gives a new swap an id that leads elsewhere when it is put into a path',

  // The answers themselves, of any request.
  'server-error': 'answers 500 to everything',
  'not-json': 'answers with a page of HTML, and 200',
  'empty-answer': 'answers with nothing, and 200',
  'cut-answer': 'ends the connection in the middle of an answer',
  'huge-answer': 'answers with 10 MB of JSON',
  'deep-answer': 'answers with JSON 100,000 levels deep',
  redirected: 'sends every request to another host',
  silent: 'takes connections and requests, and never answers',
  late: 'answers everything after 90 s',
  vanished: 'ends every connection at once',
  'wrong-types': 'creation: numbers come as text and text as numbers, lists and nothing',
  'negative-numbers': 'creation: all numbers are negative',
  'huge-numbers': 'creation: all numbers are beyond 2^53',

  // The lockup.
  'lockup-never': 'holds the payment and never locks anything up',
  'lockup-late': 'locks up only 20 blocks before the timeout',
  'lockup-small': 'locks up a tenth less than agreed',
  'lockup-dust': 'locks up 330 sat',
  'lockup-p2wsh': 'locks up to P2WSH with the bytes of the right output key as its hash',
  'lockup-other-key': "locks up to P2TR of the server's own key",
  'lockup-two-outputs': 'locks up in two outputs of half the amount',
  'lockup-unpublished': 'tells of a lockup that it never publishes',
  'lockup-low-fee': 'the lockup pays a tenth of a sat/vB, and no block takes it',
  'lockup-replaced': 'its lockup gives way to another transaction with the same coins',
  'lockup-evicted': 'its lockup falls out of the mempool and is not published again',
  'lockup-reorganized': 'the block with the lockup is replaced; the lockup waits for a block again',
  'lockup-reorganized-and-replaced':
    'the block with the lockup is replaced by one that spends its coins elsewhere: one confirmation is not enough',

  // The cooperative claim.
  'claim-refused': 'signs nothing: the swap is not eligible for a cooperative claim (400)',
  'claim-unsettled': 'signs, and does not settle the invoice before',
  'claim-keeps-preimage': 'settles the invoice with the preimage, and answers 500',
  'claim-silent': 'settles the invoice with the preimage, and never answers',
  'no-partial-signature': 'settles, and answers without a signature',
  'partial-signature-bad': 'the partial signature is random',
  'partial-signature-out-of-range': 'the partial signature is the order of the curve',
  'partial-signature-other-transaction': 'signs a transaction that pays itself',
  'partial-signature-untweaked': 'signs for the key without the tree',
  'public-nonce-bad': 'its nonce is no point of the curve',
  'nonce-harvest':
    'its half is bad each time, with the same nonce of its own: a client that repeats its nonce gives its key away',
  'vanishes-after-held':
    'ends every connection from the moment a payment is held, and locks up nothing',
  'vanishes-after-lockup': 'ends every connection from the moment the lockup is published',
  'vanishes-after-reveal': 'settles with the preimage, then ends every connection',

  // What it tells of a swap.
  'updates-duplicated': 'sends every update three times',
  'updates-out-of-order': 'sends each update before the one that belongs before it',
  'updates-skipped': 'sends every second update only',
  'updates-of-others': 'sends each update for a swap that is not of this client, too',
  'status-unknown-word': 'says statuses that the protocol does not have',
  'status-lies-confirmed':
    'says that the lockup is confirmed as soon as the payment is held, without any',
  'status-lies-settled': 'says that all is settled as soon as the payment is held',
  'status-lies-failed': 'says that the swap has expired as soon as the lockup is published',
  'status-unknown-swap': 'knows no swap (404)',
  'web-socket-refused': 'refuses WebSockets',
  'web-socket-silent': 'takes subscriptions, and sends nothing',
  'web-socket-drops': 'closes a WebSocket with the first subscription',
  'web-socket-garbage': 'sends text that is not JSON, and JSON that is no update',
  'transaction-other-hex': 'tells another transaction than the lockup',
  'transaction-other-id': "tells another id than that of the lockup's bytes",
  'transaction-missing': 'tells no lockup transaction',
  'transaction-other-timeout': 'tells another timeout with the lockup transaction',

  // Restore, and what it says about the chain.
  'restore-lies': 'restores swaps with the keys and the hash of others',
  'restore-empty': 'has nothing to restore',
  'metadata-dropped': 'keeps no metadata',
  'metadata-altered': 'returns other metadata than it was given',
  'chain-height-lies': 'says a height 100 blocks below the real one',
  'chain-fee-absurd': 'says a feerate of 1,000,000 sat/vB',
  'broadcast-swallowed': 'takes transactions to publish, says so, and throws them away',

  // The end.
  'refund-never': 'does not take its lockup back after the timeout',
  'invoice-never-canceled': 'cancels no invoice: what is held stays held',
} as const

/** A way to cheat or fail. */
export type BoltzFault = keyof typeof boltzFaults

/** Which faults are on; they may change at any time. */
export interface BoltzFaults {
  /** The ones that are on. */
  readonly active: readonly BoltzFault[]
  /** Everything that has happened, in order: what is on and was never struck has shown nothing. */
  readonly struck: readonly BoltzFault[]
  /** On from now on; with `times`, until it has struck that often. */
  add(fault: BoltzFault, options?: { readonly times?: number }): void
  remove(fault: BoltzFault): void
  /** These, and no others. */
  set(...faults: readonly BoltzFault[]): void
  /** Honest again. What has happened stays in `struck`. */
  clear(): void
  /** Whether it is on; nothing is counted. */
  has(fault: BoltzFault): boolean
  /** Whether it is on; it counts as having happened. For the server. */
  strike(fault: BoltzFault): boolean
}

/** Faults for a server; `initial` are on from the start. */
export function createBoltzFaults(...initial: readonly BoltzFault[]): BoltzFaults {
  const left = new Map<BoltzFault, number>()
  const struck: BoltzFault[] = []
  const faults: BoltzFaults = {
    get active() {
      return [...left.keys()]
    },
    struck,
    add(fault, options) {
      if (!(fault in boltzFaults)) throw new Error(`There is no fault ${fault}`)
      left.set(fault, options?.times ?? Number.POSITIVE_INFINITY)
    },
    remove(fault) {
      left.delete(fault)
    },
    set(...wanted) {
      left.clear()
      for (const fault of wanted) faults.add(fault)
    },
    clear: () => left.clear(),
    has: (fault) => left.has(fault),
    strike(fault) {
      const times = left.get(fault)
      if (times === undefined) return false
      struck.push(fault)
      if (times > 1) left.set(fault, times - 1)
      else left.delete(fault)
      return true
    },
  }
  faults.set(...initial)
  return faults
}
