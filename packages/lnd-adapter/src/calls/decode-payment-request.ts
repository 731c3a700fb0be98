import {
  type DecodedInvoice,
  type InvoiceFeature,
  invalid,
  PaymentNodeError,
} from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { PayReq } from '../generated/messages.ts'
import { integer, secondsToTime, smallInteger, text } from '../wire-values.ts'

export const decodePaymentRequestCall: Call<'/lnrpc.Lightning/DecodePayReq'> = {
  path: '/lnrpc.Lightning/DecodePayReq',
  uri: 'uri:/lnrpc.Lightning/DecodePayReq',
  roles: ['readonly', 'receive', 'pay'],
  effect: 'read',
  otherRefusals: 'malformed',
}

export async function decodePaymentRequest(
  connection: Connection,
  paymentRequest: string,
  signal: AbortSignal | undefined,
): Promise<DecodedInvoice> {
  if (typeof paymentRequest !== 'string') {
    throw invalid('paymentRequest', 'wrong-type', 'expected text')
  }
  const context = { signal, subject: { paymentRequest } }
  const reply = await connection.unary(
    decodePaymentRequestCall,
    { pay_req: paymentRequest },
    context,
  )
  try {
    return readPaymentRequest(reply)
  } catch (cause) {
    // A hostile invoice can state any number, LND shows it as it is.
    throw new PaymentNodeError(
      'node.invoice-malformed',
      'The invoice states a number that makes no sense.',
      { reason: 'malformed' },
      { advice: 'Ask for a new invoice.', cause },
    )
  }
}

function readPaymentRequest(reply: PayReq): DecodedInvoice {
  const amountMsat = integer(reply.num_msat)
  const descriptionHash = text(reply.description_hash)
  return {
    paymentHash: reply.payment_hash,
    destination: reply.destination,
    amountMsat: amountMsat === 0n ? null : amountMsat,
    createdAt: secondsToTime(reply.timestamp),
    expirySeconds: smallInteger(reply.expiry),
    description: reply.description,
    ...(descriptionHash === undefined ? {} : { descriptionHash }),
    minFinalCltv: smallInteger(reply.cltv_expiry),
    features: readFeatures(reply),
    hasPaymentSecret: reply.payment_addr.length > 0,
    hasBlindedPaths: reply.blinded_paths.length > 0,
  }
}

function readFeatures({ features }: PayReq): readonly InvoiceFeature[] {
  return Object.entries(features)
    .map(([bit, feature]) => ({
      bit: Number(bit),
      name: feature.name,
      isRequired: feature.is_required,
      isKnown: feature.is_known,
    }))
    .sort((one, other) => one.bit - other.bit)
}
