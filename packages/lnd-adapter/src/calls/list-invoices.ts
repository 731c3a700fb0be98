import type { NodeInvoice } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readInvoice } from '../read-invoice.ts'
import { readPage } from '../read-page.ts'

export const listInvoicesCall: Call<'/lnrpc.Lightning/ListInvoices'> = {
  path: '/lnrpc.Lightning/ListInvoices',
  uri: 'uri:/lnrpc.Lightning/ListInvoices',
  roles: ['readonly', 'receive'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function listInvoices(
  connection: Connection,
  page: { afterAddIndex: bigint; limit: number },
  signal: AbortSignal | undefined,
): Promise<readonly NodeInvoice[]> {
  const { after, limit } = readPage(page.afterAddIndex, page.limit)
  const request = { index_offset: after, num_max_invoices: limit, reversed: false }
  const reply = await connection.unary(listInvoicesCall, request, { signal })
  return reply.invoices.map(readInvoice)
}

/** The add index of the newest invoice; 0n when there is none. */
export async function newestInvoiceIndex(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const request = { num_max_invoices: 1n, reversed: true }
  const { invoices } = await connection.unary(listInvoicesCall, request, { signal })
  return invoices[0] ? readInvoice(invoices[0]).addIndex : 0n
}
