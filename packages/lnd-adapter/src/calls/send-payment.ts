import { invalid, type NewPayment, PaymentNodeError, type PaymentUpdate } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { unavailable } from '../error-meanings/unavailable.ts'
import { followPayment } from '../follow-payment.ts'
import type { SendPaymentRequest } from '../generated/messages.ts'
import { readOutgoingChannels } from '../read-outgoing-channels.ts'
import { decodePaymentRequest } from './decode-payment-request.ts'

export const sendPaymentCall: Call<'/routerrpc.Router/SendPaymentV2'> = {
  path: '/routerrpc.Router/SendPaymentV2',
  uri: 'uri:/routerrpc.Router/SendPaymentV2',
  roles: ['pay'],
  effect: 'write',
  otherRefusals: 'unknown',
}

export async function* sendPayment(
  connection: Connection,
  payment: NewPayment,
  signal: AbortSignal | undefined,
): AsyncGenerator<PaymentUpdate, void, undefined> {
  const request = toRequest(payment)
  try {
    yield* followPayment(connection, sendPaymentCall, request, { signal })
  } catch (error) {
    if (!PaymentNodeError.is(error, 'node.payment-exists')) throw error
    throw await nameExisting(connection, payment, error)
  }
}

/** LND does not say the hash; asking only now costs the usual payment no second call. */
async function nameExisting(
  connection: Connection,
  { paymentRequest }: NewPayment,
  found: PaymentNodeError<'node.payment-exists'>,
): Promise<PaymentNodeError> {
  try {
    const { paymentHash } = await decodePaymentRequest(connection, paymentRequest, undefined)
    return new PaymentNodeError(
      'node.payment-exists',
      `LND already has a payment with hash ${paymentHash}.`,
      { paymentHash, state: found.details.state },
      { advice: found.advice, cause: found.cause },
    )
  } catch (cause) {
    return unavailable(
      'unreachable',
      'unknown',
      'LND has this payment already; which is not known.',
      cause,
    )
  }
}

function toRequest(payment: NewPayment): SendPaymentRequest {
  const { paymentRequest, amountMsat, feeLimitMsat, timeoutSeconds, maximumParts = 16 } = payment
  if (typeof paymentRequest !== 'string' || paymentRequest === '') {
    throw invalid('paymentRequest', 'malformed', 'expected a BOLT11 invoice')
  }
  // A negative limit once meant no limit in LND.
  if (typeof feeLimitMsat !== 'bigint' || feeLimitMsat < 0n) {
    throw invalid('feeLimitMsat', 'negative', 'must be a bigint, 0n or more')
  }
  if (amountMsat !== undefined && (typeof amountMsat !== 'bigint' || amountMsat <= 0n)) {
    throw invalid('amountMsat', 'not-positive', 'must be more than zero')
  }
  if (!isCount(timeoutSeconds)) {
    throw invalid('timeoutSeconds', 'out-of-range', 'must be a whole number above zero')
  }
  if (!isCount(maximumParts)) {
    throw invalid('maximumParts', 'out-of-range', 'must be a whole number above zero')
  }
  const { maximumCltv, outgoingChannels = [] } = payment
  if (maximumCltv !== undefined && !isCount(maximumCltv)) {
    throw invalid('maximumCltv', 'out-of-range', 'must be a whole number of blocks above zero')
  }
  return {
    payment_request: paymentRequest,
    ...(amountMsat === undefined ? {} : { amt_msat: amountMsat }),
    fee_limit_msat: feeLimitMsat,
    timeout_seconds: timeoutSeconds,
    max_parts: maximumParts,
    ...(maximumCltv === undefined ? {} : { cltv_limit: maximumCltv }),
    outgoing_chan_ids: readOutgoingChannels(outgoingChannels),
    no_inflight_updates: false,
    // A crash of this process must not change what becomes of the payment.
    cancelable: false,
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 2 ** 31
}
