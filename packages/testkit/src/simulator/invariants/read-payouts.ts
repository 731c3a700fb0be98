import type { NewPayment } from '@payment-node/core'
import type { MirrorRow } from '../mirror-books.ts'
import type { Witness } from './invariant.ts'
import { msatOf, textOf } from './read-commit.ts'

/** The step at which LND has taken a payment. */
export const payEffect = 'lightning.pay/effect'

/** It has ended, one way or the other. */
export function isOver(row: MirrorRow): boolean {
  return row.state === 'succeeded' || row.state === 'failed' || row.state === 'canceled'
}

/** Nothing leaves for it. */
export function isUnpaid(row: MirrorRow): boolean {
  return row.state === 'failed' || row.state === 'canceled'
}

/** It is paid by a transaction rather than by a payment. */
export function isOnchain(row: MirrorRow): boolean {
  return row.destination_kind === 'onchain-address'
}

/** It goes to the operator's own address, and counts in a day of its own. */
export function isOperators(row: MirrorRow): boolean {
  return row.partner === '@operator' && row.purpose === 'automatic'
}

/** What is held of the partner's money while it lives: the operator's fee is not the partner's. */
export function reservedOf(row: MirrorRow): bigint {
  const amount = msatOf(row, 'amount_msat')
  return row.fees_paid_by === 'operator' ? amount : amount + msatOf(row, 'fee_limit_msat')
}

/** What a payout that was paid cost its partner; never more than was reserved. */
export function chargedOf(row: MirrorRow): bigint {
  const cost = msatOf(row, 'amount_msat') + msatOf(row, 'fee_msat')
  const reserved = reservedOf(row)
  if (cost > reserved) return reserved
  return cost
}

/** The operator has taken it upon himself. */
export function isExempt(witness: Witness, payout: MirrorRow): boolean {
  return witness.records.insisted.has(textOf(payout, 'payment_hash'))
}

/** What leaves for a payout, or may leave while it lives, whoever bears it. */
export function debitOf(payout: MirrorRow): bigint {
  if (isUnpaid(payout)) return 0n
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

/** The swap whose provider made this invoice. */
export function swapOf(witness: Witness, paymentRequest: string): MirrorRow | undefined {
  for (const swap of witness.books.table('swaps').values()) {
    const terms = swap.terms as { readonly invoice?: unknown } | null
    if (terms?.invoice === paymentRequest) return swap
  }
  return undefined
}
