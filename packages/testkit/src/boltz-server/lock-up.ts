import { Transaction } from 'bitcoinjs-lib'
import { asWitnessScriptHash } from './make-terms.ts'
import type { BoltzOutput } from './ports.ts'
import type { BoltzSwap, ServerContext } from './server-context.ts'
import { setStatus } from './set-status.ts'
import { taprootScript } from './swap-tree.ts'

const dustSat = 330n
const lateBlocks = 20

/** Locks up what the swap promises, or whatever faults make of it. */
export async function lockUp(
  context: ServerContext,
  swap: BoltzSwap,
  height: number,
): Promise<void> {
  const { faults, chain } = context
  if (faults.has('lockup-never')) {
    if (!swap.isLockupDelayed) faults.strike('lockup-never')
    swap.isLockupDelayed = true
    return
  }
  if (faults.has('lockup-late') && height < swap.timeoutHeight - lateBlocks) {
    if (!swap.isLockupDelayed) faults.strike('lockup-late')
    swap.isLockupDelayed = true
    return
  }
  const isCheap = faults.strike('lockup-low-fee')
  const payment = isCheap ? { satPerVbyte: 0.1 } : {}
  const outputs = outputsOf(context, swap)
  const hex = await chain.makePayment(outputs, payment)
  const transaction = Transaction.fromHex(hex)
  const paid = hexOf(outputs[0]!.script)
  const outputIndex = transaction.outs.findIndex(({ script }) => hexOf(script) === paid)
  const output = transaction.outs[outputIndex]!
  swap.lockup = {
    hex,
    transactionId: transaction.getId(),
    outputIndex,
    amountSat: output.value,
    script: output.script,
  }
  if (!faults.strike('lockup-unpublished')) await chain.publish(hex, payment)
  if (faults.strike('status-lies-failed')) swap.lie = 'swap.expired'
  setStatus(context, swap, 'transaction.mempool')
  if (faults.strike('lockup-replaced')) await chain.replace(await makeRival(context, swap))
  if (faults.strike('lockup-evicted')) {
    if (!chain.evict) throw new Error('This chain evicts nothing')
    await chain.evict(swap.lockup.transactionId)
  }
  if (faults.strike('vanishes-after-lockup')) context.isReachable = false
}

/** A transaction with the lockup's coins that pays the server's own wallet. */
export async function makeRival({ chain }: ServerContext, swap: BoltzSwap): Promise<string> {
  const { hex, amountSat } = swap.lockup!
  const script = await chain.walletScript()
  return chain.makePayment([{ script, amountSat }], { rivalOf: hex })
}

function outputsOf({ faults }: ServerContext, swap: BoltzSwap): readonly BoltzOutput[] {
  const { script } = swap
  const amountSat = BigInt(swap.onchainAmountSat)
  if (faults.strike('lockup-p2wsh')) return [{ script: asWitnessScriptHash(script), amountSat }]
  if (faults.strike('lockup-other-key')) {
    return [{ script: taprootScript(swap.publicKey.slice(2)), amountSat }]
  }
  if (faults.strike('lockup-small')) return [{ script, amountSat: (amountSat * 9n) / 10n }]
  if (faults.strike('lockup-dust')) return [{ script, amountSat: dustSat }]
  if (faults.strike('lockup-two-outputs')) {
    const half = amountSat / 2n
    return [half, amountSat - half].map((part) => ({ script, amountSat: part }))
  }
  return [{ script, amountSat }]
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
