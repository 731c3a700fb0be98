import type { NodeInvoice } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readHash } from '../read-hash.ts'
import { readInvoice } from '../read-invoice.ts'

export const lookupInvoiceCall: Call<'/lnrpc.Lightning/LookupInvoice'> = {
  path: '/lnrpc.Lightning/LookupInvoice',
  uri: 'uri:/lnrpc.Lightning/LookupInvoice',
  roles: ['readonly', 'receive'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function lookupInvoice(
  connection: Connection,
  paymentHash: string,
  signal: AbortSignal | undefined,
): Promise<NodeInvoice> {
  const request = { r_hash: readHash(paymentHash) }
  const context = { signal, subject: { paymentHash } }
  return readInvoice(await connection.unary(lookupInvoiceCall, request, context))
}
