import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readHash } from '../read-hash.ts'

export const cancelInvoiceCall: Call<'/invoicesrpc.Invoices/CancelInvoice'> = {
  path: '/invoicesrpc.Invoices/CancelInvoice',
  uri: 'uri:/invoicesrpc.Invoices/CancelInvoice',
  roles: ['receive'],
  effect: 'write',
  otherRefusals: 'refused',
}

/** LND itself answers a second cancellation with success. */
export async function cancelInvoice(
  connection: Connection,
  paymentHash: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = { payment_hash: readHash(paymentHash) }
  await connection.unary(cancelInvoiceCall, request, { signal, subject: { paymentHash } })
}
