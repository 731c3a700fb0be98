import { invalid, type PaymentNodeError } from '../errors.ts'

const marker: unique symbol = Symbol.for('payment-node.amount') as never

/** 21 million bitcoin, in msat: no amount is larger (money rule 1). */
const supply = 21n * 10n ** 17n

/**
 * An exact amount of bitcoin. Immutable; made by {@link sat}, {@link msat} or {@link parseAmount}.
 * There is no conversion from or to bare numbers, so that sat and msat cannot be confused.
 */
export class Amount {
  readonly [marker] = true
  /** Millisatoshi, may be negative (a ledger leg). */
  readonly msat: bigint

  /** @internal use `sat()` or `msat()` */
  constructor(value: bigint) {
    this.msat = value
    Object.freeze(this)
  }

  /** `"25000 sat"`, or `"1500 msat"` when it is no whole number of satoshi. */
  toString(): string {
    return this.msat % 1000n === 0n ? `${this.msat / 1000n} sat` : `${this.msat} msat`
  }

  /** The same text; {@link parseAmount} reads it back. */
  toJSON(): string {
    return this.toString()
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** Comparing amounts as numbers would lose precision: compare `.msat`. */
  valueOf(): never {
    throw new TypeError('An Amount is not a number: use .msat (a bigint) to compare or add')
  }
}

/** An amount, or its text: `'25000 sat'`, `'1500 msat'`. */
export type AmountInput = Amount | `${number} sat` | `${number} msat` | (string & {})

/** Satoshi. Throws `input.invalid` for anything but an integer. */
export function sat(value: number | bigint): Amount {
  return new Amount(integer(value, 'sat') * 1000n)
}

/** Millisatoshi. Throws `input.invalid` for anything but an integer. */
export function msat(value: number | bigint): Amount {
  return new Amount(integer(value, 'msat'))
}

function integer(value: unknown, field: string): bigint {
  if (typeof value === 'bigint') return inSupply(value, field)
  if (typeof value !== 'number') {
    throw invalid(field, 'not-a-number', 'expected an integer number or a bigint')
  }
  if (Number.isNaN(value)) throw invalid(field, 'not-a-number', 'is NaN')
  if (!Number.isFinite(value)) throw invalid(field, 'not-finite', 'is not finite')
  if (!Number.isInteger(value)) throw invalid(field, 'fraction', `${value} is not a whole number`)
  if (!Number.isSafeInteger(value)) {
    throw invalid(field, 'not-exact', `${value} is not exact as a number; pass a bigint`)
  }
  return inSupply(BigInt(value), field)
}

function inSupply(value: bigint, field: string): bigint {
  const limit = field === 'sat' ? supply / 1000n : supply
  if (value > limit || value < -limit) {
    throw invalid(field, 'above-supply', `${value} is more than 21 million bitcoin`)
  }
  return value
}

const grammar = /^(-?(?:0|[1-9][0-9]*)) (sat|msat)$/

/**
 * Reads `'25000 sat'` or `'1500 msat'`: an integer without leading zeros, one space, the unit.
 * `field` names the parameter in the error (`input.invalid`).
 */
export function parseAmount(text: string, field = 'amount'): Amount {
  if (typeof text !== 'string') throw notText(text, field)
  const match = grammar.exec(text)
  if (match) {
    const [, digits, unit] = match
    if (digits!.length > 20) throw invalid(field, 'above-supply', 'is more than 21 million bitcoin')
    const value = BigInt(digits!)
    const inMsat = unit === 'sat' ? value * 1000n : value
    if (inMsat > supply || inMsat < -supply) {
      throw invalid(field, 'above-supply', `${text} is more than 21 million bitcoin`)
    }
    return new Amount(inMsat)
  }
  throw invalid(
    field,
    textReason(text),
    `${JSON.stringify(text)} is not like '25000 sat' or '1500 msat'`,
  )
}

function textReason(text: string): string {
  if (text === '') return 'empty'
  if (/^[-+]?\d+$/.test(text)) return 'unit-missing'
  if (/^[-+]?\d*[.,]\d+/.test(text)) return 'fraction'
  if (/^[-+]?\d+(\.\d+)?e/i.test(text)) return 'exponent'
  if (/^\+?0\d/.test(text)) return 'leading-zero'
  if (/^0x/i.test(text)) return 'not-decimal'
  if (/^[-+]?\d[\d_']* ?(btc|mbtc|bits?|usd|eur|sats|satoshis?)$/i.test(text)) return 'unknown-unit'
  return 'malformed'
}

/** Also true for amounts of another copy of this package. */
export function isAmount(value: unknown): value is Amount {
  return typeof value === 'object' && value !== null && marker in value
}

/**
 * A parameter that must be an amount: reads text, refuses bare numbers and everything else with
 * `input.invalid`. Does not look at the sign.
 */
export function readAmount(value: unknown, field: string): Amount {
  if (typeof value === 'string') return parseAmount(value, field)
  if (!isAmount(value)) throw notText(value, field)
  // It may come from another copy of this package, or from nowhere.
  if (typeof value.msat !== 'bigint') throw invalid(field, 'wrong-type', 'is no amount')
  inSupply(value.msat, field)
  return value
}

function notText(value: unknown, field: string): PaymentNodeError<'input.invalid'> {
  if (typeof value === 'number' || typeof value === 'bigint')
    return invalid(field, 'bare-number', `has no unit; write sat(${value}) or '${value} sat'`)
  if (value === null) return invalid(field, 'null', 'expected an amount')
  if (value === undefined) return invalid(field, 'missing', 'expected an amount')
  const found = Array.isArray(value) ? 'an array' : typeof value
  return invalid(field, 'wrong-type', `expected an amount, not ${found}`)
}

/** As {@link readAmount}, and more than zero: what enters as a payment (money rule 1). */
export function readPositiveAmount(value: unknown, field: string): Amount {
  const amount = readAmount(value, field)
  if (amount.msat === 0n) throw invalid(field, 'zero', 'must be more than zero')
  if (amount.msat < 0n) throw invalid(field, 'negative', 'must be more than zero')
  return amount
}
