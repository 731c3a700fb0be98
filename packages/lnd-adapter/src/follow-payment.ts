import type { PaymentUpdate } from '@payment-node/core'
import type { Call, RequestOf } from './call.ts'
import type { Connection } from './connection.ts'
import type { Subject } from './error-meanings/meaning.ts'
import { unavailable } from './error-meanings/unavailable.ts'
import { readPayment } from './read-payment.ts'
import { readStream } from './read-stream.ts'

type PaymentPath = '/routerrpc.Router/SendPaymentV2' | '/routerrpc.Router/TrackPaymentV2'

/**
 * Updates of one payment until its status is terminal: LND can leave the stream open after that.
 * Subscriptions have their own connection, so a reader that is slow there does not delay payments.
 */
export async function* followPayment<P extends PaymentPath>(
  connection: Connection,
  call: Call<P>,
  request: RequestOf<P>,
  context: { signal: AbortSignal | undefined; subject?: Subject },
): AsyncGenerator<PaymentUpdate, void, undefined> {
  const batches = readStream<P>(connection, call, request, { ...context, beside: 'calls' })
  for await (const batch of batches) {
    for (const payment of batch) {
      const update = readPayment(payment)
      yield update
      if (update.state !== 'in-flight') return
    }
  }
  if (context.signal?.aborted) return
  const outcome = call.effect === 'read' ? 'none' : 'unknown'
  throw unavailable('unreachable', outcome, `LND ended ${call.path} before the payment was final.`)
}
