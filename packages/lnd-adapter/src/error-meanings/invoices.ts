import { status } from '@grpc/grpc-js'
import { PaymentNodeError } from '@payment-node/core'
import type { Fact, Meaning } from './meaning.ts'

/** Answers of the calls that make, show and cancel invoices and that decode BOLT11 text. */
export const invoiceMeanings: readonly Meaning[] = [
  {
    code: status.UNKNOWN,
    words: /^invoice with payment hash already exists/,
    calls: ['AddInvoice'],
    make: ({ subject: { paymentHash = '' } }) =>
      new PaymentNodeError(
        'node.invoice-exists',
        `LND already has an invoice with payment hash ${paymentHash}.`,
        { paymentHash },
      ),
  },
  {
    words: /^unable to locate invoice|^there are no existing invoices/,
    calls: ['LookupInvoice', 'CancelInvoice'],
    make: ({ subject: { paymentHash = '' } }) =>
      new PaymentNodeError(
        'node.invoice-not-found',
        `LND has no invoice with payment hash ${paymentHash}.`,
        { paymentHash },
      ),
  },
  {
    words: /^invoice already settled/,
    calls: ['CancelInvoice'],
    make: ({ subject: { paymentHash = '' } }) =>
      new PaymentNodeError(
        'node.invoice-settled',
        `The invoice with payment hash ${paymentHash} was paid before it could be canceled.`,
        { paymentHash },
      ),
  },
  decoding(/^invoice not for current active network/, 'wrong-network'),
  decoding(/^checksum failed/, 'checksum'),
  decoding(/signature|^[RS] is over 32 bytes/, 'signature'),
  // "lnbcrt" (regtest) begins like "lnbc" (mainnet) and "lntbs" (signet) like "lntb" (testnet): there
  // LND takes the rest of the prefix for an amount.
  {
    words: /^unknown multiplier|^strconv\./,
    calls: ['DecodePayReq'],
    make: (fact) =>
      malformed(
        fact,
        /^ln(bcrt|tbs)/i.test(fact.subject.paymentRequest ?? '') ? 'wrong-network' : 'malformed',
      ),
  },
]

type MalformedReason = 'wrong-network' | 'checksum' | 'signature' | 'malformed'

function decoding(words: RegExp, reason: MalformedReason): Meaning {
  return { words, calls: ['DecodePayReq'], make: (fact) => malformed(fact, reason) }
}

/** The invoice text cannot be read. */
export function malformed({ error }: Fact, reason: MalformedReason): PaymentNodeError {
  return new PaymentNodeError(
    'node.invoice-malformed',
    `LND cannot read the invoice: ${error.details}.`,
    { reason },
    { advice: 'Ask for a new invoice.', cause: error },
  )
}
