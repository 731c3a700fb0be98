import { createHash } from 'node:crypto'
import { type CreatedNodeInvoice, invalid, type NewNodeInvoice } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import type { InvoiceAsRequest } from '../generated/messages.ts'
import { paymentRequestTime } from '../payment-request-time.ts'
import { hex, integer } from '../wire-values.ts'

export const addInvoiceCall: Call<'/lnrpc.Lightning/AddInvoice'> = {
  path: '/lnrpc.Lightning/AddInvoice',
  uri: 'uri:/lnrpc.Lightning/AddInvoice',
  roles: ['receive'],
  effect: 'write',
  otherRefusals: 'refused',
}

export async function addInvoice(
  connection: Connection,
  invoice: NewNodeInvoice,
  signal: AbortSignal | undefined,
): Promise<CreatedNodeInvoice> {
  const request = toRequest(invoice)
  const paymentHash = createHash('sha256').update(invoice.preimage).digest('hex')
  const reply = await connection.unary(addInvoiceCall, request, {
    signal,
    subject: { paymentHash },
  })
  if (hex(reply.r_hash) !== paymentHash) {
    throw new TypeError('LND made an invoice for another preimage than the one it was given')
  }
  return {
    paymentHash,
    paymentRequest: reply.payment_request,
    addIndex: integer(reply.add_index),
    createdAt: paymentRequestTime(reply.payment_request),
  }
}

function toRequest(invoice: NewNodeInvoice): InvoiceAsRequest {
  const { preimage, amountMsat, memo, descriptionHash, expirySeconds, isPrivate } = invoice
  if (!(preimage instanceof Uint8Array) || preimage.length !== 32) {
    throw invalid('preimage', 'malformed', 'must be 32 bytes')
  }
  // LND would make an invoice for any amount of it.
  if (amountMsat !== null && amountMsat <= 0n) {
    throw invalid('amountMsat', 'not-positive', 'must be more than zero, or null')
  }
  if (descriptionHash !== undefined && descriptionHash.length !== 32) {
    throw invalid('descriptionHash', 'malformed', 'must be 32 bytes')
  }
  if (!Number.isInteger(expirySeconds) || expirySeconds < 1 || expirySeconds > 31_536_000) {
    throw invalid('expirySeconds', 'out-of-range', 'must be 1 to 31536000')
  }
  return {
    r_preimage: preimage,
    ...(amountMsat === null ? {} : { value_msat: amountMsat }),
    ...(memo === undefined ? {} : { memo }),
    ...(descriptionHash === undefined ? {} : { description_hash: descriptionHash }),
    expiry: BigInt(expirySeconds),
    private: isPrivate,
  }
}
