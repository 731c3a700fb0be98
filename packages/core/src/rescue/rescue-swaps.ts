import type { Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import { type KeySource, loadKey, type PurposeKey } from '../keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { LightningNode, PaymentUpdate } from '../ports/lightning-node.ts'
import type { ChainWatch } from '../ports/node-chain.ts'
import type { OnchainWallet } from '../ports/node-onchain.ts'
import type { SelfCustodialSwapProvider, SwapTerms } from '../ports/swap-provider.ts'
import type { UnsignedClaim } from '../swaps/kit/build-claim.ts'
import type { SwapKeys } from '../swaps/kit/derive-swap-keys.ts'
import type { VerifiedSwap } from '../swaps/kit/verify-reverse-terms.ts'
import { systemClock } from '../system-clock.ts'
import { systemRandom } from '../system-random.ts'
import { firstWithin } from './first-within.ts'

/** What a rescue without books needs. */
export interface RescueOptions {
  /** With its wallet and its view of the chain. */
  readonly lightning: LightningNode
  /** `keys.swaps`, as it was when the swaps were made. */
  readonly swapKey: KeySource
  /** The operator that the swaps were made with. */
  readonly provider: SelfCustodialSwapProvider
  /** Where claims pay to; left out: a new address of LND's wallet, when something is claimed. */
  readonly destination?: string
  /** sat/vB; left out: LND's estimate for six blocks. */
  readonly feerate?: number
  /** Milliseconds to wait for LND to tell what its chain has of a swap. Default 60,000. */
  readonly patience?: number
  /** Default: real time. */
  readonly clock?: Clock
}

/** A swap that the provider's restore call tells of. No key and no preimage is in it. */
export interface LostSwap {
  /** The provider's own id. */
  readonly providerId: string
  /** Null when the swap cannot be made out. */
  readonly paymentHash: string | null
  /**
   * `claimable`; `unreadable`: it is not ours, or its metadata is gone; `no-lockup`: LND's chain has shown none yet;
   * `spent`: claimed or taken back; `no-word`: LND did not say what became of the payment; `returned`: the payment came back; `too-late`: nothing may be revealed any more;
   * `too-small`: less is locked up than was paid for; `not-worth-it`: the claim would cost all of it.
   */
  readonly state:
    | 'claimable'
    | 'unreadable'
    | 'no-lockup'
    | 'spent'
    | 'no-word'
    | 'returned'
    | 'too-late'
    | 'too-small'
    | 'not-worth-it'
  /** For people. */
  readonly says: string
  /** LND's word about the payment; null: it knows of none. */
  readonly payment: PaymentUpdate['state'] | null
  /** `txid:index` */
  readonly lockup: string | null
  readonly locked: Amount | null
  readonly timeoutHeight: number
  readonly blocksLeft: number
  /** What claiming it would do. */
  readonly claim: {
    readonly transactionId: string
    readonly destination: string
    readonly fee: Amount
    readonly amount: Amount
  } | null
}

/** What was found, and the way to claim it. */
export interface Rescue {
  readonly swaps: readonly LostSwap[]
  /** Signs and publishes the claim of a claimable swap: reveals its preimage. Answers its transaction id. */
  publish(swap: LostSwap): Promise<string>
}

/** Claim keys that are tried for each swap. */
const claimKeys = 1000
/** Blocks before the timeout in which a lockup can have confirmed: the longest swaps last three weeks. */
const longestSwap = 3024
/** Of what was paid, the least that must be locked up before anything is revealed. */
const leastShare = { parts: 9n, of: 10n }

/**
 * Finds swaps without the books: from the swap key, the provider's restore call and LND alone. It reveals and
 * publishes nothing by itself. Throws `node.unavailable`, `swap.provider-failed`.
 */
export async function rescueSwaps(options: RescueOptions): Promise<Rescue> {
  const { lightning, provider, patience = 60_000, clock = systemClock } = options
  const { chain, onchain } = lightning
  if (!chain || !onchain) throw misconfigured('it has no view of the chain, or no wallet')
  if (!provider.restore) {
    const details = { provider: provider.name, reason: 'no-restore', outcome: 'none' } as const
    throw new PaymentNodeError('swap.provider-failed', 'It has no restore call.', details)
  }
  const key = await loadKey('swaps', options.swapKey)
  const { publicKey, network, blockHeight } = await lightning.getInfo()
  const identity: Identity = { publicKey, network }
  const { swapExtendedPublicKey } = await import('../swaps/kit/index.ts')
  const told = await provider.restore(swapExtendedPublicKey(key, identity))
  const destination =
    options.destination ?? (told.length === 0 ? '' : await onchain.newAddress('taproot'))
  const feerate = options.feerate ?? (await onchain.estimateFeerate(6))
  const search: Search = {
    key,
    identity,
    lightning,
    chain,
    onchain,
    destination,
    feerate,
    tip: blockHeight,
    firstOf: (open) => firstWithin(open, patience, clock.sleep),
  }
  const found = await Promise.all(told.map((terms) => findOne(search, terms)))
  const ready = new Map(found.map(({ swap, ready }) => [swap, ready]))
  return {
    swaps: found.map(({ swap }) => swap),
    async publish(swap) {
      const known = ready.get(swap)
      if (!known) throw new RangeError('Only a claimable swap of this rescue can be claimed.')
      const { signScriptClaim } = await import('../swaps/kit/index.ts')
      const { transaction, txid } = signScriptClaim(known.claim, known.keys, systemRandom.bytes(32))
      await onchain.publish(Buffer.from(transaction, 'hex'), `rescue ${swap.providerId}`)
      return txid
    },
  }
}

interface Search {
  readonly key: PurposeKey
  readonly identity: Identity
  readonly lightning: LightningNode
  readonly chain: ChainWatch
  readonly onchain: OnchainWallet
  readonly destination: string
  readonly feerate: number
  readonly tip: number
  firstOf<T>(open: (signal: AbortSignal) => AsyncIterable<T>): Promise<T | undefined>
}

interface Found {
  readonly swap: LostSwap
  readonly ready?: { readonly claim: UnsignedClaim; readonly keys: SwapKeys }
}

async function findOne(search: Search, terms: SwapTerms): Promise<Found> {
  const { restoreSwap } = await import('../swaps/kit/index.ts')
  const { key, identity, destination, tip } = search
  const claimIndexEnd = Math.min(100_000, Math.max(claimKeys, (terms.claimIndex ?? 0) + 1))
  const restored = restoreSwap(key, identity, terms, { destination, claimIndexEnd })
  const base = {
    providerId: terms.providerId,
    paymentHash: null,
    payment: null,
    lockup: null,
    locked: null,
    timeoutHeight: terms.timeoutHeight,
    blocksLeft: terms.timeoutHeight - tip,
    claim: null,
  } as const
  if (restored.ok) return judge(search, base, restored.verified, restored.keys)
  const { reason, says } = restored.refusal
  if (reason === 'destination-refused') throw misdirected(destination, says)
  return { swap: { ...base, state: 'unreadable', says: whyUnreadable(terms, reason, says) } }
}

function whyUnreadable({ metadata }: SwapTerms, reason: string, says: string): string {
  if (metadata === undefined || metadata === '') {
    return 'The operator of the server has dropped the metadata of this swap: without it there is no preimage, and nothing can be claimed. Only the books have what is needed.'
  }
  return `${reason}: ${says}.`
}

async function judge(
  search: Search,
  base: Omit<LostSwap, 'state' | 'says'>,
  verified: VerifiedSwap,
  keys: SwapKeys,
): Promise<Found> {
  const { buildClaim, checkRevealAllowed, verifyLockup } = await import('../swaps/kit/index.ts')
  const { chain, tip, firstOf, feerate, destination } = search
  const { paymentHash } = keys
  const script = Buffer.from(verified.tree.script).toString('hex')
  const fromHeight = Math.max(1, verified.timeoutHeight - longestSwap)
  const [payment, seen] = await Promise.all([
    findPayment(search, paymentHash),
    firstOf((signal) => chain.watchConfirmation({ script, confirmations: 1, fromHeight }, signal)),
  ])
  const known = {
    ...base,
    paymentHash,
    payment: payment === 'silence' ? null : (payment?.state ?? null),
  }
  const ended = (state: LostSwap['state'], says: string, more: Partial<LostSwap> = {}): Found => ({
    swap: { ...known, ...more, state, says },
  })
  if (seen?.kind !== 'confirmed') {
    return ended(
      'no-lockup',
      'No block has shown a lockup so far; it is looked for again next time.',
    )
  }
  const verdict = verifyLockup(verified, seen.rawTransaction, seen.transactionId)
  if (!verdict.ok) return ended('unreadable', `${verdict.refusal.reason}: ${verdict.refusal.says}.`)
  const { lockup } = verdict
  const outpoint = `${lockup.txid}:${lockup.vout}`
  const found = { lockup: outpoint, locked: new Amount(lockup.valueSat * 1000n) }
  const spending = await firstOf((signal) =>
    chain.watchSpend({ outpoint, script, fromHeight: seen.blockHeight }, signal),
  )
  if (spending?.kind === 'spent') {
    return ended('spent', `Transaction ${spending.transactionId} has spent it.`, found)
  }
  // What is held is not known: too little might be locked up for it.
  if (payment === 'silence') {
    return ended('no-word', 'LND did not say in time what became of the payment.', found)
  }
  if (payment?.state === 'failed') {
    return ended('returned', 'The payment came back whole: there is nothing to rescue.', found)
  }
  // Paid for good: the provider knows the preimage, and waiting gains nothing.
  if (payment?.state !== 'succeeded') {
    const reveal = checkRevealAllowed(
      {
        timeoutHeight: verified.timeoutHeight,
        lockupHeight: seen.blockHeight,
        requiredConfirmations: 1,
      },
      tip,
    )
    if (!reveal.allowed) {
      const says =
        'Fewer than 36 blocks are left: nothing is revealed, the payment comes back by itself.'
      return ended('too-late', says, found)
    }
    const paidSat = (payment?.amountMsat ?? 0n) / 1000n
    if (lockup.valueSat * leastShare.of < paidSat * leastShare.parts) {
      const says = `${lockup.valueSat} sat are locked up for a payment of ${paidSat} sat: nothing is revealed.`
      return ended('too-small', says, found)
    }
  }
  const build = buildClaim({
    verified,
    lockup,
    path: 'script',
    feerate,
    isRevealed: true,
    maximumFeeSat: lockup.valueSat,
  })
  if (!build.ok) return ended('not-worth-it', build.refusal.says, found)
  const { claim } = build
  const shown = {
    transactionId: claim.txid,
    destination,
    fee: new Amount(claim.feeSat * 1000n),
    amount: new Amount(claim.outputSat * 1000n),
  }
  const says = 'It can be claimed by script, without anybody.'
  return {
    swap: { ...known, ...found, state: 'claimable', says, claim: shown },
    ready: { claim, keys },
  }
}

/** LND's word; undefined when it says that it knows of no such payment: this node has not paid it. */
async function findPayment(
  { lightning, firstOf }: Search,
  paymentHash: string,
): Promise<PaymentUpdate | 'silence' | undefined> {
  try {
    return (await firstOf((signal) => lightning.trackPayment(paymentHash, signal))) ?? 'silence'
  } catch (error) {
    if (PaymentNodeError.is(error, 'node.payment-not-found')) return undefined
    throw error
  }
}

function misconfigured(says: string): PaymentNodeError<'node.unavailable'> {
  return new PaymentNodeError(
    'node.unavailable',
    `This connection to LND cannot be used for a rescue: ${says}.`,
    { reason: 'misconfigured', outcome: 'none' },
    { isRetryable: false },
  )
}

function misdirected(destination: string, says: string): PaymentNodeError<'input.invalid'> {
  return new PaymentNodeError('input.invalid', `${destination}: ${says}`, {
    field: 'destination',
    reason: 'malformed',
  })
}
