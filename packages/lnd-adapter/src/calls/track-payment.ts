import type { PaymentUpdate } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { followPayment } from '../follow-payment.ts'
import { readHash } from '../read-hash.ts'

export const trackPaymentCall: Call<'/routerrpc.Router/TrackPaymentV2'> = {
  path: '/routerrpc.Router/TrackPaymentV2',
  uri: 'uri:/routerrpc.Router/TrackPaymentV2',
  roles: ['readonly', 'pay'],
  effect: 'read',
  otherRefusals: 'unknown',
}

export async function* trackPayment(
  connection: Connection,
  paymentHash: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<PaymentUpdate, void, undefined> {
  const request = { payment_hash: readHash(paymentHash), no_inflight_updates: false }
  yield* followPayment(connection, trackPaymentCall, request, { signal, subject: { paymentHash } })
}
