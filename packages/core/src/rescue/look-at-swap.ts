import type { Identity } from '../context.ts'
import { Amount } from '../domain/amount.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PurposeKey } from '../keys.ts'
import type { LightningNode, PaymentUpdate } from '../ports/lightning-node.ts'
import type { ChainWatch } from '../ports/node-chain.ts'
import type { SwapTerms, UnreadableSwap } from '../ports/swap-provider.ts'
import type { UnsignedClaim } from '../swaps/kit/build-claim.ts'
import type { RevealState } from '../swaps/kit/check-reveal-allowed.ts'
import type { ClaimKeySearch, SwapKeys } from '../swaps/kit/derive-swap-keys.ts'
import type { VerifiedSwap } from '../swaps/kit/verify-reverse-terms.ts'
import type { LostSwap } from './lost-swap.ts'

/** What each swap is looked at with. */
export interface Search {
  readonly key: PurposeKey
  readonly identity: Identity
  readonly claimKeys: ClaimKeySearch
  readonly lightning: LightningNode
  readonly chain: ChainWatch
  destinationOf(paymentHash: string): string
  /** sat/vB. */
  readonly feerate: number
  /** The most that a claim may cost while the payment may come back; left out: a tenth of what is locked up. */
  readonly maximumFeeSat: bigint | undefined
  /** Of the lockup, before anything is revealed. */
  readonly confirmations: number
  /** Height of LND's best block. */
  readonly tip: number
  firstOf<T>(open: (signal: AbortSignal) => AsyncIterable<T>): Promise<T | undefined>
}

/** A swap, and what it is claimed with. */
export interface Found {
  readonly swap: LostSwap
  readonly ready?: ReadyClaim
}

export interface ReadyClaim {
  readonly claim: UnsignedClaim
  readonly keys: SwapKeys
  /** What must hold still in the moment of the reveal; left out: the payment is taken for good. */
  readonly reveal?: RevealState
}

/** Claim keys that are tried for each swap. */
const claimKeys = 1000
/** However high an index the provider names: each key costs a millisecond. */
const mostClaimKeys = 100_000
/** Blocks before the timeout in which a lockup can have confirmed: the longest swaps last three weeks. */
const longestSwap = 3024
/** Of what was paid, the least that must be locked up before anything is revealed. */
const leastShare = { parts: 9n, of: 10n }
/** Of what is locked up, the most that a claim costs unless more is said, while the payment may come back whole. */
const feeShare = 10n

/** Whether one swap can be claimed, and how. Reveals and publishes nothing. */
export async function lookAtSwap(
  search: Search,
  terms: SwapTerms | UnreadableSwap,
): Promise<Found> {
  const { key, identity, tip } = search
  if ('unreadable' in terms) {
    return unreadable(terms, `What the provider tells of it cannot be read: ${terms.unreadable}.`)
  }
  const { restoreSwap } = await import('../swaps/kit/index.ts')
  const { timeoutHeight, claimIndex } = terms
  const claimIndexEnd = Math.min(mostClaimKeys, Math.max(claimKeys, (claimIndex ?? 0) + 1))
  const restored = await restoreSwap(key, identity, terms, { ...search, claimIndex, claimIndexEnd })
  if (restored.ok) {
    const base = { ...unknownOf(terms), timeoutHeight, blocksLeft: timeoutHeight - tip }
    return judge(search, base, restored.verified, restored.keys)
  }
  const { reason, says } = restored.refusal
  return unreadable(terms, whyUnreadable(terms, reason, says))
}

/** One that nothing is known of, but why. */
export function unreadable(terms: Pick<SwapTerms, 'providerId'>, says: string): Found {
  return { swap: { ...unknownOf(terms), state: 'unreadable', says } }
}

function unknownOf({ providerId }: Pick<SwapTerms, 'providerId'>) {
  return {
    providerId,
    paymentHash: null,
    payment: null,
    lockup: null,
    locked: null,
    timeoutHeight: null,
    blocksLeft: null,
    claim: null,
  } as const
}

function whyUnreadable({ metadata }: SwapTerms, reason: string, says: string): string {
  if (metadata === undefined || metadata === '') {
    return 'The operator of the server has dropped the metadata of this swap: without it there is no preimage, and nothing can be claimed. Only the books have what is needed.'
  }
  if (reason === 'destination-refused') {
    return `The books have an address for its claim that cannot be paid: ${says}. Without these books it can be claimed to another one.`
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
  const { chain, tip, firstOf, feerate, confirmations } = search
  const { paymentHash } = keys
  const payment = await findPayment(search, paymentHash)
  const known = {
    ...base,
    paymentHash,
    payment: payment === 'silence' ? null : (payment?.state ?? null),
  }
  const ended = (state: LostSwap['state'], says: string, more: Partial<LostSwap> = {}): Found => ({
    swap: { ...known, ...more, state, says },
  })
  if (payment !== 'silence' && payment?.state === 'failed') {
    return ended('returned', 'The payment came back whole: there is nothing to rescue.')
  }
  const script = Buffer.from(verified.tree.script).toString('hex')
  const fromHeight = Math.max(1, verified.timeoutHeight - longestSwap)
  const seen = await firstOf((signal) =>
    chain.watchConfirmation({ script, confirmations: 1, fromHeight }, signal),
  )
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
  // Paid for good: the provider knows the preimage, and waiting gains nothing.
  const isTaken = payment?.state === 'succeeded'
  const reveal: RevealState = {
    timeoutHeight: verified.timeoutHeight,
    lockupHeight: seen.blockHeight,
    requiredConfirmations: confirmations,
  }
  if (!isTaken) {
    const allowed = checkRevealAllowed(reveal, tip)
    if (!allowed.allowed && allowed.reason === 'too-near-timeout') {
      return ended('too-late', tooLate, found)
    }
    if (!allowed.allowed) {
      const says = `The lockup has ${allowed.confirmations} of ${confirmations} confirmations: nothing is revealed yet.`
      return ended('too-few-confirmations', says, found)
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
  if (!isTaken && claim.feeSat > (search.maximumFeeSat ?? lockup.valueSat / feeShare)) {
    const says = `The claim would cost ${claim.feeSat} sat of the ${lockup.valueSat} sat that are locked up, at ${feerate} sat/vB, while the payment may still come back whole. To claim it all the same name the fee: maximumFee, --maximum-fee ${claim.feeSat}.`
    return ended('not-worth-it', says, found)
  }
  const shown = {
    transactionId: claim.txid,
    destination: verified.destination.address,
    fee: new Amount(claim.feeSat * 1000n),
    amount: new Amount(claim.outputSat * 1000n),
  }
  const says = 'It can be claimed by script, without anybody.'
  return {
    swap: { ...known, ...found, state: 'claimable', says, claim: shown },
    ready: { claim, keys, ...(!isTaken && { reveal }) },
  }
}

/** Why nothing is revealed any more. */
export const tooLate =
  'Fewer than 36 blocks are left, and the payment is not taken: nothing is revealed any more. It comes back by itself, unless a claim was published before; that one is sped up by a child that spends its output.'

/** LND's word; undefined when it says that it knows of no such payment: this node has not paid it. */
export async function findPayment(
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
