import type { NewPayment } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Witness } from './invariant.ts'
import { msatOf, textOf } from './read-commit.ts'

/** The step at which LND has taken a payment. */
export const payEffect = 'lightning.pay/effect'

/** It has ended, one way or the other. */
export function isOver(row: MirrorRow): boolean {
  return row.state === 'succeeded' || row.state === 'failed'
}

/** The operator has taken it upon himself. */
export function isExempt(witness: Witness, payout: MirrorRow): boolean {
  return witness.records.insisted.has(textOf(payout, 'payment_hash'))
}

/** What a payout costs its partner, or may cost while it lives. */
export function debitOf(payout: MirrorRow): bigint {
  if (payout.state === 'failed') return 0n
  const amount = msatOf(payout, 'amount_msat')
  return payout.state === 'succeeded'
    ? amount + msatOf(payout, 'fee_msat')
    : amount + msatOf(payout, 'fee_limit_msat')
}

/** The attempt that this invoice is paid for: one that lives before one that failed. */
export function attemptOf(witness: Witness, paymentRequest: string): MirrorRow | undefined {
  for (const attempt of witness.books.table('attempts').values()) {
    if (attempt.payment_request === paymentRequest && attempt.state !== 'failed') return attempt
  }
  for (const attempt of witness.books.table('attempts').values()) {
    if (attempt.payment_request === paymentRequest) return attempt
  }
  return undefined
}

/** The payout that this call to pay is for. */
export function payoutOf(witness: Witness, parameters: readonly unknown[]): MirrorRow | undefined {
  const attempt = attemptOf(witness, (parameters[0] as NewPayment).paymentRequest)
  return attempt && witness.books.row('payouts', textOf(attempt, 'payout'))
}
