import type { ErrorCode, Invoice, Payout } from '@payment-node/core'
import type { Shop } from '../shop.ts'

/** What the rows may use: a shop that is open, with a partner `m1` who has money, and a payout on its way. */
export interface World {
  readonly shop: Shop
  /** Held by the payee until the test ends. */
  readonly held: Payout
  readonly heldPreimage: string
  /** Has succeeded. */
  readonly done: Payout
  /** What gave `m1` its money: settled, 500 000 sat; and one that nobody has paid. */
  readonly sold: Invoice
  readonly open: Invoice
  /** Webhook endpoints that nothing is sent to: their events do not happen. */
  readonly endpoint: string
  readonly disabledEndpoint: string
}

/** One call that must be refused, and what is said. */
export interface Row {
  readonly verb: string
  /** What the caller must look at. */
  readonly field: string
  readonly reason: string
  readonly call: (world: World) => unknown
  /** Default `input.invalid`. */
  readonly code?: ErrorCode
  /** Default: field and reason. */
  readonly details?: unknown
  /** More that the message must say. */
  readonly says?: string
}

type Call = (world: World, value: never) => unknown

/** The same call with one nonsense value after another in the same field. */
function each(
  verb: string,
  field: string,
  call: Call,
  values: readonly (readonly [value: unknown, reason: string, says?: string])[],
  more: Partial<Row> = {},
): Row[] {
  return values.map(([value, reason, says]) => ({
    verb,
    field,
    reason,
    call: (world) => call(world, value as never),
    ...(says !== undefined && { says }),
    ...more,
  }))
}

/** A value where an object is expected. */
export function objects(
  verb: string,
  field: string,
  call: Call,
  misspelt: readonly [wrong: Record<string, unknown>, suggestion: string],
  more: Partial<Row> = {},
): Row[] {
  const name = Object.keys(misspelt[0]).at(-1)!
  return [
    ...each(
      verb,
      field,
      call,
      [
        [null, 'missing'],
        ['text', 'wrong-type'],
        [5, 'wrong-type'],
        [[], 'wrong-type', 'not array'],
        [new Map([['partner', 'm1']]), 'wrong-type', 'not map'],
        [Promise.resolve({}), 'wrong-type', 'not promise'],
        [() => undefined, 'wrong-type'],
      ],
      more,
    ),
    ...each(
      verb,
      `${field}.${name}`,
      call,
      [[misspelt[0], 'unknown-option', `did you mean ${misspelt[1]}?`]],
      more,
    ),
  ]
}

const controlled = 'a\u0000b'
const alone = 'a\ud800b'

/** Texts in which every character but the unprintable is welcome. */
export function texts(
  verb: string,
  field: string,
  maximum: number,
  call: Call,
  more: Partial<Row> = {},
): Row[] {
  return each(
    verb,
    field,
    call,
    [
      [null, 'null'],
      [7, 'wrong-type', 'not number'],
      [{}, 'wrong-type'],
      [Symbol('id'), 'wrong-type'],
      ['x'.repeat(maximum + 1), 'too-long', `${maximum} bytes`],
      ['ü'.repeat(Math.ceil((maximum + 1) / 2)), 'too-long'],
      [controlled, 'control-character'],
      ['a\u001bb', 'control-character'],
      ['a\u007fb', 'control-character'],
      [alone, 'not-unicode'],
    ],
    more,
  )
}

/** Ids and keys: printable ASCII without spaces. */
export function ids(verb: string, field: string, call: Call, more: Partial<Row> = {}): Row[] {
  return [
    ...texts(verb, field, 255, call, more),
    ...each(
      verb,
      field,
      call,
      [
        [undefined, 'missing'],
        ['', 'empty'],
        ['a b', 'malformed', 'printable ASCII'],
        ['a\nb', 'malformed'],
        ['ä', 'malformed'],
      ],
      more,
    ),
  ]
}

/** Amounts that must be positive. */
export function amounts(verb: string, field: string, call: Call, more: Partial<Row> = {}): Row[] {
  return each(
    verb,
    field,
    call,
    [
      ['-1 sat', 'negative'],
      ['-1 msat', 'negative'],
      [5, 'bare-number', 'sat(5)'],
      [5n, 'bare-number', 'sat(5)'],
      [0, 'bare-number'],
      [Number.NaN, 'bare-number'],
      [Number.POSITIVE_INFINITY, 'bare-number'],
      [2 ** 53, 'bare-number'],
      ['', 'empty'],
      ['5', 'unit-missing'],
      ['5000', 'unit-missing'],
      ['1.5 sat', 'fraction'],
      ['1,5 sat', 'fraction'],
      ['0.00005 btc', 'fraction'],
      ['5e3 sat', 'exponent'],
      ['05 sat', 'leading-zero'],
      ['0x10 sat', 'not-decimal'],
      ['5 btc', 'unknown-unit'],
      ['5 sats', 'unknown-unit'],
      ['5 usd', 'unknown-unit'],
      ['5 Sat', 'malformed'],
      ['5  sat', 'malformed'],
      [' 5 sat', 'malformed'],
      ['5 sat ', 'malformed'],
      ['5sat', 'malformed'],
      ['+5 sat', 'malformed'],
      ['NaN sat', 'malformed'],
      ['Infinity sat', 'malformed'],
      ['five sat', 'malformed'],
      ['٥ sat', 'malformed'],
      ['2100000000000001 sat', 'above-supply'],
      ['2100000000000000001 msat', 'above-supply'],
      [`1${'0'.repeat(400)} sat`, 'above-supply'],
      [null, 'null'],
      [{}, 'wrong-type'],
      [['5 sat'], 'wrong-type', 'not an array'],
      [true, 'wrong-type'],
      [{ msat: 5000n }, 'wrong-type'],
      [{ [Symbol.for('payment-node.amount')]: true, msat: 5000 }, 'wrong-type'],
      [{ [Symbol.for('payment-node.amount')]: true, msat: 10n ** 30n }, 'above-supply'],
    ],
    more,
  )
}

/** Amounts where zero is none either. */
export function positiveAmounts(
  verb: string,
  field: string,
  call: Call,
  more: Partial<Row> = {},
): Row[] {
  const zeros = ['0 sat', '0 msat', '-0 sat'].map((value) => [value, 'zero'] as const)
  return [...each(verb, field, call, zeros, more), ...amounts(verb, field, call, more)]
}

export function durations(
  verb: string,
  field: string,
  [tooShort, tooLong]: readonly [unknown, unknown],
  call: Call,
  more: Partial<Row> = {},
): Row[] {
  return each(
    verb,
    field,
    call,
    [
      [true, 'wrong-type'],
      [60n, 'wrong-type'],
      [['15m'], 'wrong-type'],
      [Number.NaN, 'not-a-number'],
      [Number.POSITIVE_INFINITY, 'not-finite'],
      [90.5, 'fraction'],
      [-60, 'too-short'],
      [tooShort, 'too-short'],
      [tooLong, 'too-long'],
      ['15', 'malformed', "'15m'"],
      ['fifteen minutes', 'malformed'],
      ['', 'malformed'],
    ],
    more,
  )
}

export function integers(
  verb: string,
  field: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
  call: Call,
  more: Partial<Row> = {},
): Row[] {
  return each(
    verb,
    field,
    call,
    [
      [null, 'wrong-type'],
      ['100', 'wrong-type'],
      [10n, 'wrong-type'],
      [Number.NaN, 'not-a-number'],
      [Number.POSITIVE_INFINITY, 'not-finite'],
      [1.5, 'fraction'],
      [minimum - 1, 'too-small', `at least ${minimum}`],
      [maximum + 1, 'too-large', `at most ${maximum}`],
    ],
    more,
  )
}

export function choices(
  verb: string,
  field: string,
  known: string,
  call: Call,
  more: Partial<Row> = {},
): Row[] {
  return each(
    verb,
    field,
    call,
    [
      [null, 'wrong-type'],
      [1, 'wrong-type'],
      [[known], 'wrong-type'],
      ['', 'unknown-value', known],
      [known.toUpperCase(), 'unknown-value'],
      [`${known}s`, 'unknown-value', known],
    ],
    more,
  )
}

export function booleans(verb: string, field: string, call: Call): Row[] {
  return each(verb, field, call, [
    [null, 'wrong-type'],
    ['true', 'wrong-type'],
    [1, 'wrong-type'],
  ])
}

export function metadata(verb: string, call: Call): Row[] {
  const field = 'metadata'
  return [
    ...each(verb, field, call, [
      [null, 'wrong-type'],
      ['orderId=7', 'wrong-type'],
      [['orderId'], 'wrong-type'],
      [new Map([['orderId', '7']]), 'wrong-type'],
      [{ '': 'x' }, 'malformed-name'],
      [{ 'order id': 'x' }, 'malformed-name'],
      [{ [controlled]: 'x' }, 'malformed-name'],
      [{ ['n'.repeat(65)]: 'x' }, 'malformed-name'],
      [JSON.parse('{ "__proto__": "x" }'), 'malformed-name'],
      [Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`n${at}`, 'x'])), 'too-many'],
      [
        Object.fromEntries(Array.from({ length: 5 }, (_, at) => [`n${at}`, 'x'.repeat(1000)])),
        'too-large',
      ],
    ]),
    ...texts(verb, 'metadata.orderId', 1024, (world, value) =>
      call(world, { orderId: value } as never),
    ),
    ...each(verb, 'metadata.orderId', (world, value) => call(world, { orderId: value } as never), [
      [undefined, 'missing'],
    ]),
  ]
}

export { each }
