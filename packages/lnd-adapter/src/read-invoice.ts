import type { NodeInvoice } from '@payment-node/core'
import type { Invoice } from './generated/messages.ts'
import { hex, integer, secondsToTime, smallInteger } from './wire-values.ts'

/** An invoice in the words of the port. */
export function readInvoice(invoice: Invoice): NodeInvoice {
  const amountMsat = integer(invoice.value_msat)
  const descriptionHash = hex(invoice.description_hash)
  const state = readState(invoice)
  const settledAt = secondsToTime(invoice.settle_date)
  return {
    paymentHash: hex(invoice.r_hash) ?? '',
    paymentRequest: invoice.payment_request,
    state,
    amountMsat: amountMsat === 0n ? null : amountMsat,
    // While an HTLC is held LND already counts it.
    paidMsat: state === 'settled' ? integer(invoice.amt_paid_msat) : 0n,
    memo: invoice.memo,
    ...(descriptionHash === undefined ? {} : { descriptionHash }),
    expirySeconds: smallInteger(invoice.expiry),
    createdAt: secondsToTime(invoice.creation_date),
    ...(state === 'settled' && settledAt > 0 ? { settledAt } : {}),
    addIndex: integer(invoice.add_index),
    settleIndex: integer(invoice.settle_index),
    isPrivate: invoice.private,
    isKeysend: invoice.is_keysend,
    isAmp: invoice.is_amp,
  }
}

function readState({ state }: Invoice): NodeInvoice['state'] {
  switch (state) {
    case 'OPEN':
      return 'open'
    case 'ACCEPTED':
      return 'accepted'
    case 'SETTLED':
      return 'settled'
    case 'CANCELED':
      return 'canceled'
    default:
      // Taking a state that we do not know for one that we know could lose a payment.
      throw new TypeError(`LND sent the unknown invoice state ${state}`)
  }
}
