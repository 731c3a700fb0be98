import { status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { Fact, Meaning } from './meaning.ts'

/**
 * What LND checks before it stores a payment. Only these words of SendPaymentV2 prove that nothing
 * happened: others may come after the payment was stored.
 */
const checkedFirst: readonly (readonly [reason: string, words: RegExp])[] = [
  ['self-payment', /^self-payments not allowed/],
  ['expired', /^invoice expired\./],
  [
    'cltv-limit',
    /^(cltv limit \d+ should be greater than|total time lock of \d+ exceeds max allowed) /,
  ],
  ['wrong-network', /^invoice not for current active network/],
  ['amount', /^amount must (not )?be specified/],
  ['payment-secret', /^payment request must contain either a payment address or blinded paths/],
  ['amp', /must be set to pay an AMP invoice$/],
  ['features', /^invoice contains unknown feature bits/],
  [
    'malformed',
    /^(checksum failed|invalid bech32 string|invalid character|string not all lowercase|invalid index of 1|failed converting data|hrp too short|prefix should be|short invoice|invoice is too large|invalid invoice signature|unknown multiplier|strconv\.|(malformed|invalid) signature)/,
  ],
]

/** Answers of the calls that pay and follow payments. */
export const paymentMeanings: readonly Meaning[] = [
  {
    code: status.ALREADY_EXISTS,
    calls: ['SendPaymentV2'],
    make: ({ subject: { paymentHash = '' }, error }) =>
      new PaymentNodeError(
        'node.payment-exists',
        `LND already has a payment with hash ${paymentHash}: ${error.details}.`,
        { paymentHash, state: /already paid/.test(error.details) ? 'paid' : 'in-flight' },
        { advice: 'Follow that one.', cause: error },
      ),
  },
  {
    code: status.NOT_FOUND,
    words: /payment isn't initiated/,
    calls: ['TrackPaymentV2'],
    make: ({ subject: { paymentHash = '' } }) =>
      new PaymentNodeError(
        'node.payment-not-found',
        `LND has no payment with hash ${paymentHash}.`,
        { paymentHash },
      ),
  },
  ...checkedFirst.map(
    ([reason, words]): Meaning => ({
      code: status.UNKNOWN,
      words,
      calls: ['SendPaymentV2'],
      make: (fact) => refused(fact, reason),
    }),
  ),
]

/** LND understood and refused; nothing happened. */
export function refused({ call, error }: Fact, reason: string): PaymentNodeError {
  return new PaymentNodeError(
    'node.refused',
    `LND refused ${call.path}: ${error.details}.`,
    { call: call.path, reason },
    { cause: error },
  )
}
