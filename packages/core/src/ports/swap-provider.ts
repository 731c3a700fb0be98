import type { Network } from './lightning-node.ts'

/**
 * Swaps Lightning money for on-chain money, which makes the node able to receive again. Two
 * contracts, told apart by `custody`.
 *
 * For both: every answer is a hint from somebody who may lie. Quotes are all-in. Repeating a call
 * with the same id never starts a second swap. Rejections are `swap.refused` (it answers, and does not) and
 * `swap.provider-failed` (no usable answer) and say `outcome`; a lost answer is `unknown` and is looked up,
 * never repeated under another id.
 */
export type SwapProvider = SelfCustodialSwapProvider | DelegatedSwapProvider

interface SwapQuotes {
  readonly contractVersion: 1
  /** For people and for the books: one name per operator. */
  readonly name: string
  /** What a swap may be, now. Rejects when the provider cannot be reached. */
  limits(signal?: AbortSignal): Promise<SwapLimits>
  /** All costs of swapping `amountSat` out. A live quote proves neither health nor liquidity. */
  quote(amountSat: bigint, signal?: AbortSignal): Promise<SwapQuote>
}

/** Bounds of the Lightning amount. */
export interface SwapLimits {
  readonly minimumSat: bigint
  readonly maximumSat: bigint
}

/** Everything that a swap costs, so that quotes of different providers can be compared. */
export interface SwapQuote {
  readonly amountSat: bigint
  /** The provider's own fee. */
  readonly serviceSat: bigint
  /** What the provider calls its prices; handed back with the creation. */
  readonly priceId?: string
  /** Public keys of the Lightning nodes that will be paid, where it says so. */
  readonly payees?: readonly string[]
  /** Miner fees of both sides, at the feerate that the provider assumes. */
  readonly lockupSat: bigint
  readonly claimSat: bigint
  /** Lost when the swap fails after the prepayment (loopd); 0 otherwise. */
  readonly prepayAtRiskSat: bigint
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * Boltz v2: the plugin maps the protocol and returns RAW terms. It never sees a key or a preimage.
 * Core derives the keys, rebuilds the script tree, verifies every field, pays the hold invoice,
 * watches the chain, reveals, publishes, replaces and books.
 */
export interface SelfCustodialSwapProvider extends SwapQuotes {
  readonly custody: 'self'
  /** Stored with each swap: a swap stays with the server it was created on. */
  readonly url: string
  /**
   * Creates a swap for a payment hash and claim key of ours. The whole answer is stored before
   * anything is paid. With `outcome: 'unknown'` the swap may exist at the provider; it costs nothing
   * unpaid and is never retried with the same hash.
   */
  create(request: NewSwap, signal?: AbortSignal): Promise<SwapTerms>
  /** What the provider says about a swap; skipped, doubled and reordered states are normal. */
  status(providerId: string, signal?: AbortSignal): Promise<SwapReport>
  /** Reports as they come; ends by throwing when the connection is lost. Polling goes on behind it. */
  watch(providerIds: readonly string[], signal: AbortSignal): AsyncIterable<SwapReport>
  /**
   * Asks for the provider's half of a cooperative claim. It may refuse, lie or never answer; the
   * script path needs none of it.
   */
  requestClaimSignature(
    request: ClaimSignatureRequest,
    signal?: AbortSignal,
  ): Promise<ClaimSignature>
  /** Swaps made with our claim keys, for rescue without a database. Absent: rescue says so. */
  restore?(
    extendedPublicKey: string,
    signal?: AbortSignal,
  ): Promise<readonly (SwapTerms | UnreadableSwap)[]>
}

/** A swap to create, with the keys of ours that it is bound to. */
export interface NewSwap {
  readonly amountSat: bigint
  /** Of the quote that was accepted. */
  readonly priceId?: string
  /** SHA-256 of our preimage, hex. */
  readonly paymentHash: string
  /** 33 bytes, compressed, hex. */
  readonly claimPublicKey: string
  /** Encrypted by us, kept by the provider, returned by restore; hex. */
  readonly metadata: string
  /** Seconds the hold invoice may stay unpaid. */
  readonly invoiceExpirySeconds: number
}

/** The provider's answer, unverified and complete. */
export interface SwapTerms {
  readonly providerId: string
  readonly invoice: string
  readonly lockupAddress: string
  readonly refundPublicKey: string
  readonly timeoutHeight: number
  readonly onchainAmountSat: bigint
  /** Hex scripts of the tree, as they came. */
  readonly leaves: Readonly<Record<string, { readonly version: number; readonly script: string }>>
  readonly metadata?: string
  /** From restore: which of our claim keys it was made with, and what was paid for. */
  readonly claimIndex?: number
  readonly paymentHash?: string
  /** It wants to be paid for its miner fee beforehand: never done. */
  readonly minerFeeInvoice?: string
  /** The answer as it came, for the record. */
  readonly raw: unknown
}

/** One that a restore call tells of, and that cannot be read. It says nothing about the others. */
export interface UnreadableSwap {
  /** The provider's own id, or the place of the entry where that is none either. */
  readonly providerId: string
  /** What is wrong with it, for people. */
  readonly unreadable: string
}

/** What the provider says about a swap; a hint. */
export interface SwapReport {
  readonly providerId: string
  /** The provider's own word. */
  readonly status: string
  readonly lockupTransaction?: string
}

/** What the provider's half of a cooperative claim is made for. */
export interface ClaimSignatureRequest {
  readonly providerId: string
  /** Raw claim transaction, hex. */
  readonly transaction: string
  readonly inputIndex: number
  /** Our public nonce, hex; fresh for every request. */
  readonly publicNonce: string
  /** Revealed with this call: from here on the swap must be claimed. */
  readonly preimage: string
}

/** The provider's half (MuSig2, hex). */
export interface ClaimSignature {
  readonly publicNonce: string
  readonly partialSignature: string
}

/** loopd: the daemon acts on its own LND connection; core caps, follows and books its reports. */
export interface DelegatedSwapProvider extends SwapQuotes {
  readonly custody: 'delegated'
  /** Whether it lives, where, and what speaks against using it now. Asked before each start. */
  check(signal?: AbortSignal): Promise<DelegatedCheck>
  /** `publicationDeadline`: milliseconds since 1970; waiting may be cheaper. Left out: the provider's own patience. */
  quote(amountSat: bigint, signal?: AbortSignal, publicationDeadline?: number): Promise<SwapQuote>
  /**
   * Starts a swap under our id, written into its label, unless the daemon has one with that label: the
   * daemon itself does not dedupe. With `outcome: 'unknown'` it may have started it, and the label is
   * looked for in {@link list}.
   */
  start(request: NewDelegatedSwap, signal?: AbortSignal): Promise<DelegatedSwap>
  /** The swaps that the daemon knows; with `label`: those that have exactly this one. */
  list(signal?: AbortSignal, label?: string): Promise<readonly DelegatedSwap[]>
  /** Changes as the daemon reports them; ends by throwing when the connection is lost. Polling goes on behind it. */
  watch(signal: AbortSignal): AsyncIterable<DelegatedSwap>
}

/** What a daemon says of itself. */
export interface DelegatedCheck {
  readonly network: Network
  readonly version: string
  /** `autoloop`: it makes swaps by itself, besides core's. `autoloop-unknown`: it does not say. */
  readonly warnings: readonly ('autoloop' | 'autoloop-unknown')[]
}

/** A swap for the daemon to make, within limits. */
export interface NewDelegatedSwap {
  /** Our swap id. */
  readonly label: string
  readonly amountSat: bigint
  /** Left out: an address of the wallet of the daemon's LND. */
  readonly destination?: string
  /** Only out of these channels (`NodeChannel.channelId`); left out or empty: any. */
  readonly outgoingChannels?: readonly string[]
  /** Hard limits that the daemon itself must hold. The prepayment is a part of the service fee. */
  readonly maximumServiceSat: bigint
  readonly maximumMinerSat: bigint
  readonly maximumPrepaySat: bigint
  /** For all payments of the swap together. */
  readonly maximumRoutingSat: bigint
  /** Milliseconds since 1970 until which the server may wait for a cheaper batch. */
  readonly publicationDeadline: number
}

/** Why a daemon's swap failed, or needs somebody. */
export type DelegatedFailure =
  /** No route within the limits: the swap was not paid; its prepayment may have been. */
  | 'off-chain'
  /** The lockup came too late: nothing was revealed. The prepayment is lost. */
  | 'timeout'
  /** Revealed, and not swept in time: unless LND says that the swap was never paid, its amount is lost. */
  | 'sweep-timeout'
  /** The lockup was too small: nothing was revealed. */
  | 'insufficient-value'
  | 'abandoned'
  /** The daemon cannot go on by itself; a restart may help. Nothing has ended. */
  | 'temporary'
  /** A state or reason that the plugin does not know. Nothing is known to have ended. */
  | 'unknown'
  /** Costs or ids that cannot be. Nothing is known to have ended. */
  | 'bad-answer'

/** A swap as the daemon reports it. */
export interface DelegatedSwap {
  readonly label: string
  /** The payment hash of the swap's main payment, hex. */
  readonly providerId: string
  readonly state: 'accepted' | 'running' | 'completed' | 'failed' | 'needs-operator'
  /** With `failed` and `needs-operator`. */
  readonly failure?: DelegatedFailure
  readonly amountSat: bigint
  /** What it has cost so far, by kind, as far as the daemon says; the prepayment is in `serviceSat`. */
  readonly serviceSat: bigint
  readonly minerSat: bigint
  readonly routingSat: bigint
  /** With `failed`: what it says the server got for nothing. loopd mostly says 0: LND's history knows. */
  readonly prepayLostSat: bigint
}
