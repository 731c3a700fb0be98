import type { PaymentFailure, PaymentHtlc, PaymentUpdate } from '@payment-node/core'
import type {
  HTLCAttempt,
  HTLCAttempt_HTLCStatus,
  Payment,
  Payment_PaymentStatus,
  PaymentFailureReason,
} from './generated/messages.ts'
import { integer, nanosecondsToTime } from './wire-values.ts'

/** A payment in the words of the port. */
export function readPayment(payment: Payment): PaymentUpdate {
  const state = readState(payment.status)
  return {
    paymentHash: payment.payment_hash,
    state,
    amountMsat: integer(payment.value_msat),
    feeMsat: integer(payment.fee_msat),
    ...(state === 'succeeded' ? { preimage: payment.payment_preimage } : {}),
    ...(state === 'failed' ? { failure: readFailure(payment.failure_reason) } : {}),
    index: integer(payment.payment_index),
    createdAt: nanosecondsToTime(payment.creation_time_ns),
    htlcs: payment.htlcs.map(readHtlc),
  }
}

/**
 * By the status alone: LND shows `FAILED` only when no HTLC is unresolved, while a payment in flight
 * can have a failure reason already. What is not known may be in flight.
 */
function readState(status: Payment_PaymentStatus): PaymentUpdate['state'] {
  if (status === 'SUCCEEDED') return 'succeeded'
  return status === 'FAILED' ? 'failed' : 'in-flight'
}

function readFailure(reason: PaymentFailureReason): PaymentFailure {
  switch (reason) {
    case 'FAILURE_REASON_TIMEOUT':
      return 'timeout'
    case 'FAILURE_REASON_NO_ROUTE':
      return 'no-route'
    case 'FAILURE_REASON_INCORRECT_PAYMENT_DETAILS':
      return 'incorrect-details'
    case 'FAILURE_REASON_INSUFFICIENT_BALANCE':
      return 'insufficient-balance'
    case 'FAILURE_REASON_CANCELED':
      return 'canceled'
    default:
      return 'error'
  }
}

function readHtlc({ status, route }: HTLCAttempt): PaymentHtlc {
  const fees = integer(route?.total_fees_msat ?? '0')
  return {
    state: readHtlcState(status),
    amountMsat: integer(route?.total_amt_msat ?? '0') - fees,
    feeMsat: fees,
    firstChannelId: route?.hops[0]?.chan_id ?? '0',
    expiryHeight: route?.total_time_lock ?? 0,
  }
}

function readHtlcState(status: HTLCAttempt_HTLCStatus): PaymentHtlc['state'] {
  if (status === 'SUCCEEDED') return 'succeeded'
  return status === 'FAILED' ? 'failed' : 'in-flight'
}
