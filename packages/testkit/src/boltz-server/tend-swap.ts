import { createHash } from 'node:crypto'
import { Transaction } from 'bitcoinjs-lib'
import { lockUp, makeRival } from './lock-up.ts'
import type { BoltzSwap, ServerContext } from './server-context.ts'
import { isFinal, setStatus } from './set-status.ts'
import { takeBack } from './take-back.ts'

/** Takes the swap as far as node and chain allow now. Safe to repeat. */
export async function tendSwap(context: ServerContext, swap: BoltzSwap): Promise<void> {
  const height = await context.chain.height()
  if (swap.lockup) await tendLockup(context, swap, height)
  else if (!isFinal(swap)) await tendInvoice(context, swap, height)
}

/** The hash of the invoice that belongs to the swap. */
export function invoicedHash({ stolenWith, paymentHash }: BoltzSwap): string {
  return stolenWith?.paymentHash ?? paymentHash
}

async function tendInvoice(context: ServerContext, swap: BoltzSwap, height: number): Promise<void> {
  const { lightning, faults, clock } = context
  const hash = invoicedHash(swap)
  const state = swap.isInvoiceOurs ? await lightning.holdState(hash) : 'open'
  const isOver = state === 'open' && clock.now() >= swap.expiresAt
  if (state === 'canceled' || isOver) {
    if (isOver) await cancel(context, swap)
    setStatus(context, swap, 'invoice.expired')
    return setStatus(context, swap, 'swap.expired')
  }
  if (height >= swap.timeoutHeight) {
    await cancel(context, swap)
    return setStatus(context, swap, 'swap.expired')
  }
  if (state !== 'held' || swap.isSettled) return
  if (swap.stolenWith) {
    swap.isSettled = true
    return lightning.settle(swap.stolenWith.preimage)
  }
  if (faults.strike('vanishes-after-held')) context.isReachable = false
  if (!context.isReachable) return
  if (swap.lie === undefined && faults.strike('status-lies-confirmed')) {
    swap.lie = 'transaction.confirmed'
    swap.isLockupDelayed = true
    context.updates.publish(swap)
  }
  if (swap.lie === undefined && faults.strike('status-lies-settled')) {
    swap.lie = 'invoice.settled'
    swap.isLockupDelayed = true
    context.updates.publish(swap)
  }
  if (swap.lie === undefined) await lockUp(context, swap, height)
}

async function tendLockup(context: ServerContext, swap: BoltzSwap, height: number): Promise<void> {
  const { chain, faults } = context
  const { transactionId, outputIndex } = swap.lockup!
  const found = await chain.find(transactionId)
  const isConfirmed = found?.blockHeight !== undefined
  const outpoint = `${transactionId}:${outputIndex}`
  const spending = await chain.findSpending(outpoint, swap.createdAtHeight)
  if (spending && spending.transactionId !== swap.refund?.transactionId) {
    return settleBy(context, swap, preimageIn(spending.hex, swap) ?? swap.preimage)
  }
  if (isConfirmed && swap.status === 'transaction.mempool') {
    setStatus(context, swap, 'transaction.confirmed')
    if (await reorganize(context, swap)) return
  }
  if (swap.refund) {
    if (spending?.blockHeight !== undefined) await cancel(context, swap)
    return
  }
  const { leaf, fromHeight } = swap.takeBack
  // Who can take it at any time, and keeps preimages, waits for this one: then it has the payment as well.
  const isPatient = fromHeight === 0 && faults.has('claim-keeps-preimage')
  const isDue = height >= fromHeight && isConfirmed && (!isPatient || swap.preimage !== undefined)
  if (isDue) {
    if (faults.has('refund-never')) return void faults.strike('refund-never')
    await takeBack(context, swap)
    setStatus(context, swap, 'transaction.refunded')
    return
  }
  // Nothing can come of a lockup that never confirmed.
  if (leaf === 'refundLeaf' && height >= swap.timeoutHeight && !isConfirmed && !isFinal(swap)) {
    await cancel(context, swap)
    swap.failureReason = 'the lockup did not confirm'
    setStatus(context, swap, 'swap.expired')
  }
}

async function reorganize(context: ServerContext, swap: BoltzSwap): Promise<boolean> {
  const { faults, chain } = context
  if (swap.wasReorganized) return false
  const withRival = faults.has('lockup-reorganized-and-replaced')
  if (!withRival && !faults.has('lockup-reorganized')) return false
  if (!chain.reorganize) throw new Error('This chain does not reorganize')
  faults.strike(withRival ? 'lockup-reorganized-and-replaced' : 'lockup-reorganized')
  swap.wasReorganized = true
  await chain.reorganize(1, withRival ? await makeRival(context, swap) : undefined)
  return true
}

/** Takes the held payment with the client's preimage. */
export async function settleBy(
  context: ServerContext,
  swap: BoltzSwap,
  preimage: string | undefined,
): Promise<void> {
  if (swap.isSettled || preimage === undefined) return
  swap.preimage = preimage
  await context.lightning.settle(preimage)
  swap.isSettled = true
  setStatus(context, swap, 'invoice.settled')
}

/** The preimage that a spending by the claim leaf shows. */
function preimageIn(hex: string, swap: BoltzSwap): string | undefined {
  return Transaction.fromHex(hex)
    .ins.flatMap(({ witness }) => witness)
    .map((item) => Buffer.from(item))
    .find((item) => createHash('sha256').update(item).digest('hex') === swap.paymentHash)
    ?.toString('hex')
}

async function cancel({ lightning, faults }: ServerContext, swap: BoltzSwap): Promise<void> {
  if (faults.strike('invoice-never-canceled')) return
  if (swap.isInvoiceOurs) await lightning.cancel(invoicedHash(swap))
}
