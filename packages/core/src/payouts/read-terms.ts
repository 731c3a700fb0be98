import type { Identity } from '../context.ts'
import { type ReadDestination, readDestination } from '../destinations/read-destination.ts'
import { Amount, type AmountInput, isAmount, readPositiveAmount } from '../domain/amount.ts'
import { type Duration, readDuration } from '../domain/duration.ts'
import { invalid } from '../errors.ts'
import { readBoolean } from '../read-input.ts'

/** Where money goes, and on which terms: the part that payouts, refunds and estimates have in common. */
export interface PayoutTermsInput {
  /**
   * A BOLT11 invoice, a Lightning address, an LNURL for paying, an on-chain address, or a BIP21/BIP321
   * URI (its invoice is paid rather than its address).
   */
  readonly destination: string
  /** Off chain: the most that routing may cost on top. Default: `payouts.feeLimit` of the options. May be `'0 sat'`: free routes only. */
  readonly feeLimit?: AmountInput
  /** On chain: do not wait for a low feerate; refused at the call above the hard ceiling. Default false. */
  readonly quick?: boolean
  /** On chain: sat/vB above which it waits; the ceilings of the options hold as well. */
  readonly ceiling?: number
  /**
   * On chain: how long it waits at most for a low feerate. It is not given up then: it goes at whatever the
   * chain asks, up to `fees.hardCeiling` (100 sat/vB unless set). Default: it waits without an end.
   */
  readonly deadline?: Duration
}

export const termNames = ['destination', 'feeLimit', 'quick', 'ceiling', 'deadline'] as const

/** How a destination is paid: the one of a URI that is chosen. */
export type Way =
  | { readonly kind: 'bolt11'; readonly text: string }
  | {
      readonly kind: 'lightning-address' | 'lnurl'
      readonly text: string
      readonly url: string
    }
  | { readonly kind: 'onchain-address'; readonly text: string }

/** Terms that have been read. */
export interface PayoutTerms {
  readonly way: Way
  readonly amount: Amount | 'all' | undefined
  readonly feeLimit: Amount | undefined
  readonly isQuick: boolean
  /** sat per 1000 vB. */
  readonly ceiling: number | null
  /** Milliseconds from the request on. */
  readonly waitAtMost: number | null
  /** The canonical words of the request, for comparing it with a repeated one. */
  readonly written: Readonly<Record<string, unknown>>
}

/** A year: longer waits are mistakes. In seconds. */
const longestWait = 31_536_000

/** Throws `input.invalid`, `payout.destination-unsupported`, `payout.destination-invalid`; asks nobody. */
export function readTerms(
  { network }: Identity,
  input: PayoutTermsInput,
  asked: Amount | 'all' | undefined,
): PayoutTerms {
  const feeLimit = input.feeLimit === undefined ? undefined : readFeeLimit(input.feeLimit)
  const isQuick = readBoolean(input.quick, 'quick', false)
  const ceiling = input.ceiling === undefined ? null : readCeiling(input.ceiling)
  const waitAtMost =
    input.deadline === undefined
      ? null
      : 1000 * readDuration(input.deadline, 'deadline', { minimum: 60, maximum: longestWait })
  const destination = readDestination(input.destination, network)
  const way = wayOf(destination)
  if (way.kind === 'onchain-address') {
    if (feeLimit) throw invalid('feeLimit', 'only-off-chain', 'says what routing may cost')
  } else {
    for (const name of ['quick', 'ceiling', 'deadline'] as const)
      if (input[name] !== undefined)
        throw invalid(name, 'only-on-chain', 'is about the fee of an on-chain transaction')
  }
  return {
    way,
    amount: amountOf(destination, asked),
    feeLimit,
    isQuick,
    ceiling,
    waitAtMost,
    written: {
      destination: destination.text,
      amount: asked === 'all' ? 'all' : (asked?.toJSON() ?? null),
      feeLimit: feeLimit?.toJSON() ?? null,
      // Only what was said: a key of older books comes with the same words.
      ...(isQuick && { quick: true }),
      ...(ceiling !== null && { ceiling }),
      ...(waitAtMost !== null && { deadline: waitAtMost }),
    },
  }
}

/** `'all'`, or an amount that can be paid. */
export function readAmountOrAll(value: unknown): Amount | 'all' {
  return value === 'all' ? 'all' : readPositiveAmount(value, 'amount')
}

function wayOf(destination: ReadDestination): Way {
  switch (destination.kind) {
    case 'bolt11':
      return { kind: 'bolt11', text: destination.text }
    case 'lightning-address':
    case 'lnurl':
      return { kind: destination.kind, text: destination.text, url: destination.url }
    case 'onchain-address':
      return { kind: 'onchain-address', text: destination.address }
    case 'bip321':
      return destination.invoice !== undefined
        ? { kind: 'bolt11', text: destination.invoice }
        : { kind: 'onchain-address', text: destination.address ?? '' }
  }
}

/** A URI may name the amount; then the call says none, or the same. */
function amountOf(
  destination: ReadDestination,
  asked: Amount | 'all' | undefined,
): Amount | 'all' | undefined {
  if (destination.kind !== 'bip321' || destination.amountMsat === undefined) return asked
  const named = new Amount(destination.amountMsat)
  if (asked === undefined) return named
  if (asked !== 'all' && asked.msat === named.msat) return asked
  throw invalid('amount', 'amount-differs', `the URI asks for exactly ${named}`)
}

function readFeeLimit(value: unknown): Amount {
  // Zero is meant: LND then takes free routes only.
  if (value === '0 sat' || value === '0 msat') return new Amount(0n)
  if (isAmount(value) && value.msat === 0n) return value
  return readPositiveAmount(value, 'feeLimit')
}

/** sat/vB to sat per 1000 vB. */
function readCeiling(value: unknown): number {
  if (typeof value !== 'number') throw invalid('ceiling', 'wrong-type', 'expected a number')
  if (Number.isNaN(value)) throw invalid('ceiling', 'not-a-number', 'is NaN')
  if (!Number.isFinite(value)) throw invalid('ceiling', 'not-finite', 'is not finite')
  if (value < 1) throw invalid('ceiling', 'too-small', 'must be at least 1 sat/vB')
  if (value > 10_000) throw invalid('ceiling', 'too-large', 'must be at most 10000 sat/vB')
  return Math.round(value * 1000)
}
