import type { Context } from '../context.ts'
import type { Evidence } from '../domain/attempt.ts'
import { PaymentNodeError } from '../errors.ts'
import type { PaymentUpdate } from '../ports/lightning-node.ts'

/** What one call to LND showed, with LND's own words. */
export interface Observation {
  readonly evidence: Evidence
  readonly update?: PaymentUpdate
  readonly error?: PaymentNodeError
}

/**
 * Follows a payment until it ends or nothing more can be learned. Never concludes a failure from
 * silence: an error that is not LND's word about this payment is `silence`, and the failure of an
 * earlier payment with the same hash (up to `priorIndex`) says that LND does not have ours yet.
 */
export async function observePayment(
  context: Context,
  updates: AsyncIterable<PaymentUpdate>,
  priorIndex: number,
  onInFlight: (update: PaymentUpdate) => Promise<void>,
): Promise<Observation> {
  try {
    for await (const update of updates) {
      if (update.state === 'failed' && isEarlier(update, priorIndex)) return notFound(context)
      if (update.state !== 'in-flight') return { evidence: { kind: update.state }, update }
      await onInFlight(update)
    }
    return { evidence: { kind: 'silence' } }
  } catch (error) {
    if (!PaymentNodeError.is(error)) throw error
    return { evidence: read(context, error), error }
  }
}

function read(context: Context, error: PaymentNodeError): Evidence {
  if (PaymentNodeError.is(error, 'node.payment-exists')) return { kind: 'in-flight' }
  if (PaymentNodeError.is(error, 'node.refused')) {
    return { kind: 'refused', isExpired: error.details.reason === 'expired' }
  }
  if (PaymentNodeError.is(error, 'node.payment-not-found')) return notFound(context).evidence
  context.live.checkConnection()
  return { kind: 'silence' }
}

/** A proof only while the connection's worker holds this LND for ours and synced. */
function notFound({ live }: Context): Observation {
  return { evidence: { kind: live.state === 'ready' ? 'not-found' : 'silence' } }
}

/** LND's word about an earlier payment with the same hash, not about ours. */
export function isEarlier(update: PaymentUpdate, priorIndex: number): boolean {
  return update.index !== 0n && update.index <= BigInt(priorIndex)
}
