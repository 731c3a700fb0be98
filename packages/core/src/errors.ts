import type { Amount } from './domain/amount.ts'
import type { SignatureProblem } from './webhooks/verify-webhook.ts'

/** What the host can know for certain about an operation whose call failed. */
export type Outcome = 'none' | 'unknown'

/**
 * Why LND cannot be used right now. All of them end by themselves or by an operator's hand; the
 * library keeps trying.
 */
export type UnavailableReason =
  | 'not-started'
  | 'unreachable'
  | 'locked'
  | 'wallet-missing'
  | 'starting'
  | 'waiting-to-start'
  | 'not-synced'
  | 'deadline'
  | 'permission-denied'
  | 'certificate-rejected'
  | 'misconfigured'
  | 'overloaded'

/** Code → details. A code never changes its meaning; a new situation gets a new code. */
export interface ErrorDetails {
  /** An option of `createPaymentNode` or of an adapter cannot be used. */
  'options.invalid': { field: string; reason: string }
  /** A parameter of a verb cannot be used; nothing was stored. `reason` is stable, kebab-case. */
  'input.invalid': { field: string; reason: string }

  /** LND cannot be used now; nothing was stored unless `outcome` is `unknown`. */
  'node.unavailable': { reason: UnavailableReason; outcome: Outcome }
  'node.macaroon-rejected': { reason: 'invalid' | 'permission-denied'; call?: string }
  'node.certificate-rejected': { reason: string }
  'node.wrong-network': { expected: string; actual: string }
  'node.version-unsupported': { version: string; oldest: string }
  /** The storage belongs to another LND (or another network) than the one that answers. */
  'node.identity-changed': { expected: string; actual: string }
  /** LND understood the call and refused it; its words are in the message. */
  'node.refused': { call: string; reason: string }
  'node.unsupported': { call: string }
  'node.invoice-exists': { paymentHash: string }
  /** BOLT11 text that the node cannot read. */
  'node.invoice-malformed': { reason: 'wrong-network' | 'checksum' | 'signature' | 'malformed' }
  'node.invoice-not-found': { paymentHash: string }
  'node.invoice-settled': { paymentHash: string }
  'node.payment-exists': { paymentHash: string; state: 'in-flight' | 'paid' }
  'node.payment-not-found': { paymentHash: string }

  'storage.in-use': { where: string }
  'storage.newer-schema': { found: number; known: number }
  /** `unknown`: the change may have been applied; repeating the same verb is safe. */
  'storage.unavailable': { outcome: Outcome }
  /** A change was built wrongly (a bug of the caller); nothing was written. */
  'storage.invalid-change': { reason: string }

  /** The key given for a purpose is not the one that the stored rows were derived from. */
  'keys.mismatch': { purpose: string; expected: string; actual: string }
  'keys.missing': { purpose: string }

  'idempotency.conflict': { idempotencyKey: string; field: string }

  'partner.not-found': { partner: string }

  'invoice.not-found': { invoice: string }
  /** More than the node can receive now; `receivable` is what it can. */
  'invoice.above-receivable': { amount: Amount; receivable: Amount }
  /** LND already has this payment hash with other fields or no longer open: use a new idempotency key. */
  'invoice.key-used': { invoice: string; field: string }
  /** `known`: ours; `older-than-books`: paid, and nobody can tell whether the opening balance has it. */
  'invoice.not-adoptable': {
    paymentHash: string
    reason: 'known' | 'unsolicited' | 'canceled' | 'older-than-books'
  }
  'invoice.settled': { invoice: string }
  /** Nothing was received that could be given back. */
  'invoice.not-settled': { invoice: string; state: string }
  'invoice.expired': { invoice: string }
  'invoice.canceled': { invoice: string }

  'payout.not-found': { payout: string }
  'payout.destination-unsupported': { kind: string }
  /** Not payable as it stands: damaged, for another network, or its server does not keep to the protocol. */
  'payout.destination-invalid': { field: string; reason: string }
  /** Its server gives no usable answer now; nothing was stored. */
  'payout.destination-unreachable': { host: string; reason: string }
  /** Another payout that has not failed for certain uses the same payment hash. */
  'payout.hash-used': { paymentHash: string; payout: string }
  'payout.insufficient-balance': { available: Amount; needed: Amount }
  /** The node's caps, and the partner's own. */
  'payout.above-cap': {
    cap:
      | 'per-payout'
      | 'per-day'
      | 'operator-per-day'
      | 'partner-per-payout'
      | 'partner-per-day'
      | 'operator-fees-per-day'
    limit: Amount
    requested: Amount
  }
  /** A quick on-chain payout: sat/vB, and what it would cost now. */
  'payout.above-ceiling': { feerate: number; ceiling: number; fee: Amount }
  /** On chain: too small to be worth its fee. */
  'payout.below-minimum': { minimum: Amount; requested: Amount }
  /** `refunded`: given back already, or on its way. */
  'refund.above-received': {
    invoice: string
    received: Amount
    refunded: Amount
    requested: Amount
  }
  'payout.not-unknown': { payout: string; state: string }
  /** It does not wait for an on-chain transaction (any more). */
  'payout.not-queued': { payout: string; state: string }
  /** A swap pays it with its claim: nothing else may happen to it until the swap has ended. */
  'payout.in-swap': { payout: string; swap: string }
  /** These books are an old copy, and newer ones may have paid it: an operator has to find out. */
  'payout.maybe-paid': { payout: string }
  /** LND's own word contradicts the operator's verdict, or can still be had. */
  'payout.verdict-refused': { payout: string; verdict: string; reason: string }

  /** A correction takes more than the partner has available. */
  'ledger.insufficient-balance': { available: Amount; needed: Amount }
  /** The operator would give more than it has in these books. */
  'ledger.operator-short': { available: Amount; needed: Amount }

  'channel.not-found': { channelPoint: string }
  /** Its funding is not confirmed yet. */
  'channel.not-open': { channelPoint: string; state: string }
  'channel.opening-not-found': { opening: string }
  /** One channel is opened at a time: the other one is under way. */
  'channel.opening-under-way': { opening: string }
  'channel.above-cap': { limit: Amount; requested: Amount }
  /** The chain asks more than `channels.maximumFeerate` (sat/vB). */
  'channel.above-ceiling': { ceiling: number; feerate: number }
  'channel.over-budget': { period: string; budget: Amount; spent: Amount; needed: Amount }
  /** `spendable`: confirmed coins after reserve, floor and the cost of closing. */
  'channel.wallet-too-small': { spendable: Amount; needed: Amount }
  /** The operator must take the mark away first: `peers.allow`. */
  'peer.blacklisted': { peer: string; reason: string }
  'peer.not-marked': { peer: string }
  /** A list of peers cannot be used; the one in force stays. `entry`: its place, from 1; `line`: in its file, where it is one. */
  'peer-list.invalid': {
    list: string
    entry: number | null
    line?: number | null
    field: string
    reason: string
  }
  'keeper.paused': { reason: string }
  'keeper.not-paused': Record<never, never>

  'webhook.not-found': { endpoint: string }
  /** Nothing is sent to it: `webhooks.enable` first. */
  'webhook.disabled': { endpoint: string; reason: string }
  /** So many endpoints per owner. */
  'webhook.too-many': { limit: number }
  'webhook.event-not-found': { event: string }
  /** A request that must not be believed: see `verifyWebhook`. */
  'webhook.signature-invalid': { reason: SignatureProblem }

  'liquidity.run-not-found': { run: string }
  'liquidity.not-paused': Record<never, never>

  'swap.not-found': { swap: string }
  /** The provider answers, and does not make this swap; nothing was paid. */
  'swap.refused': { provider: string; reason: SwapRefusal; outcome: Outcome }
  /** The provider gives no usable answer. With `unknown` it may have made the swap: unpaid it costs nothing. */
  'swap.provider-failed': { provider: string; reason: string; outcome: Outcome }
  /** No provider makes it within the limits; `rejected`: each one's reason. */
  'swap.no-offer': { amount: Amount; rejected: readonly { provider: string; reason: string }[] }
  /** Its limits can no longer be raised. */
  'swap.not-live': { swap: string; state: string }
  'swap.over-budget': { period: string; budget: Amount; spent: Amount; needed: Amount }
  /**
   * More would be under way than the settings allow; or more would leave to an address outside than
   * `caps.perPayout` or `caps.operatorPerDay` do.
   */
  'swap.above-cap': {
    cap:
      | 'per-swap'
      | 'in-flight'
      | 'provider-in-flight'
      | 'outbound'
      | 'per-payout'
      | 'operator-per-day'
    limit: Amount
    requested: Amount
  }

  'safety.halted': { reason: string }
  'safety.not-halted': Record<never, never>

  /** A rule of the guarded client forbids the request; nothing was sent. */
  'http.refused': { host: string; reason: string }
  /** No usable answer came back. With `none` nothing was sent, with `unknown` the other side may have acted. */
  'http.failed': { host: string; reason: string; outcome: Outcome }

  /** A wait ended because the caller's signal fired. */
  'wait.aborted': Record<never, never>
  'events.consumer-in-use': { consumer: string }
}

/** Why a provider does not make a swap. */
export type SwapRefusal =
  | 'insufficient-liquidity'
  | 'below-minimum'
  | 'above-maximum'
  /** Its prices have changed since the quote: ask for a new one. */
  | 'quote-stale'
  /** It knows this payment hash already. */
  | 'hash-used'
  | 'rate-limited'
  /** Swaps are switched off there. */
  | 'suspended'
  | 'other'

/** One of the codes of {@link ErrorDetails}. */
export type ErrorCode = keyof ErrorDetails

const marker: unique symbol = Symbol.for('payment-node.error') as never

const retryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'node.unavailable',
  'storage.unavailable',
  'storage.in-use',
  'payout.destination-unreachable',
  'http.failed',
  'swap.provider-failed',
  'wait.aborted',
])

/**
 * Everything the library throws. The call stored nothing and moved no money, except where
 * `details.outcome` is `'unknown'`: then repeating the same call is safe and finds out.
 *
 * @example
 * ```ts
 * import { PaymentNodeError } from '@payment-node/core'
 *
 * export function explain(error: unknown): string {
 *   if (PaymentNodeError.is(error, 'invoice.above-receivable')) {
 *     return `at most ${error.details.receivable} can be received now`
 *   }
 *   return PaymentNodeError.is(error) && error.isRetryable ? 'try again later' : String(error)
 * }
 * ```
 */
export class PaymentNodeError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'PaymentNodeError'
  readonly [marker] = true
  /** What happened, stable over releases. */
  readonly code: C
  /** Facts of this one case; their type follows from `code`. */
  readonly details: ErrorDetails[C]
  /** The same call may succeed later without any change by the caller. */
  readonly isRetryable: boolean
  /** Money may be moving or missing until somebody acts on `advice`. */
  readonly fundsAtRisk: boolean
  /** What to do now, in one sentence. */
  readonly advice: string

  constructor(
    code: C,
    message: string,
    details: ErrorDetails[C],
    options: {
      advice?: string
      fundsAtRisk?: boolean
      isRetryable?: boolean
      cause?: unknown
    } = {},
  ) {
    const advice = options.advice ?? ''
    super(
      advice ? `${message} ${advice}` : message,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.details = details
    this.isRetryable = options.isRetryable ?? retryable.has(code)
    this.fundsAtRisk = options.fundsAtRisk ?? false
    this.advice = advice
  }

  /** Also true for errors of another copy of this package. With `code`: narrows `details`. */
  static is(error: unknown): error is PaymentNodeError
  static is<C extends ErrorCode>(error: unknown, code: C): error is PaymentNodeError<C>
  static is(error: unknown, code?: ErrorCode): boolean {
    if (typeof error !== 'object' || error === null || !(marker in error)) return false
    return code === undefined || (error as PaymentNodeError).code === code
  }

  /** For logs and HTTP bodies; without the cause, which may hold what should not leave the process. */
  toJSON(): Record<string, unknown> {
    const { code, message, details, isRetryable, fundsAtRisk, advice } = this
    return { code, message, details, isRetryable, fundsAtRisk, advice }
  }
}

/** Shorthand for the most frequent refusal: a parameter that cannot be used. */
export function invalid(
  field: string,
  reason: string,
  says: string,
): PaymentNodeError<'input.invalid'> {
  return new PaymentNodeError('input.invalid', `${field}: ${says}`, { field, reason })
}
