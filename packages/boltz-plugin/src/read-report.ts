import type { SwapReport } from '@payment-node/core'
import { hexOf, recordOf, textOf } from './answer-fields.ts'

/** No transaction that is relayed has more bytes. */
const largestTransaction = 400_000

/** What the server says about a swap; words that the protocol does not have are passed on. */
export function readReport(providerId: string, answer: unknown): SwapReport {
  const told = recordOf(answer, 'the answer')
  const status = textOf(told.status, 'status', /^[\w.-]+$/, 64)
  const { transaction } = told
  if (transaction === undefined || transaction === null) return { providerId, status }
  const { hex } = recordOf(transaction, 'transaction')
  if (hex === undefined || hex === null) return { providerId, status }
  const lockupTransaction = hexOf(hex, 'transaction.hex', largestTransaction)
  return { providerId, status, lockupTransaction }
}
