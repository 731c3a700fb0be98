import type { PaymentUpdate } from '@payment-node/core'
import type { Call } from '../call.ts'
import type { Connection } from '../connection.ts'
import { readPage } from '../read-page.ts'
import { readPayment } from '../read-payment.ts'

export const listPaymentsCall: Call<'/lnrpc.Lightning/ListPayments'> = {
  path: '/lnrpc.Lightning/ListPayments',
  uri: 'uri:/lnrpc.Lightning/ListPayments',
  roles: ['readonly', 'receive', 'pay'],
  effect: 'read',
  otherRefusals: 'refused',
}

export async function listPayments(
  connection: Connection,
  page: { afterIndex: bigint; limit: number },
  signal: AbortSignal | undefined,
): Promise<readonly PaymentUpdate[]> {
  const { after, limit } = readPage(page.afterIndex, page.limit)
  const request = { include_incomplete: true, index_offset: after, max_payments: limit }
  const reply = await connection.unary(listPaymentsCall, request, { signal })
  return reply.payments.map(readPayment)
}

/** The index of the newest payment; 0n when there is none. */
export async function newestPaymentIndex(
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const request = { include_incomplete: true, max_payments: 1n, reversed: true, omit_hops: true }
  const { payments } = await connection.unary(listPaymentsCall, request, { signal })
  return payments[0] ? readPayment(payments[0]).index : 0n
}
